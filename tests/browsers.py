"""A real browser for tests, and what it can say of the charts on a page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

# what stands in the place of another on the page: texts of one chart whose boxes meet
OVERLAPS = """
const found = [];
for (const place of document.querySelectorAll('.chart')) {
  const shown = [...place.querySelectorAll('text')].filter((text) => {
    const box = text.getBoundingClientRect();
    return text.textContent.trim() && box.width > 0 && getComputedStyle(text).opacity > 0;
  });
  shown.forEach((one, i) => shown.slice(i + 1).forEach((other) => {
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 4) found.push(`${place.id}: ${one.textContent} / ${other.textContent}`);
  }));
}
return found;
"""
OUTSIDE = """
const found = [];
for (const place of document.querySelectorAll('.chart')) {
  const frame = place.getBoundingClientRect();
  for (const text of place.querySelectorAll('text')) {
    const box = text.getBoundingClientRect();
    if (box.width && (box.left < frame.left - 2 || box.right > frame.right + 2
        || box.top < frame.top - 2 || box.bottom > frame.bottom + 2))
      found.push(`${place.id}: ${text.textContent}`);
  }
}
return found;
"""


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    """A headless browser that logs its console and its requests; skips where there is none."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("no chromium with chromedriver here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with webdriver.Chrome(options=options, service=Service(driver)) as found:
        yield found
