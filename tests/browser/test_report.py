"""The report in a real browser: it draws, answers a reader, and asks for nothing from a network."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from frames import comparison_frames, small_run, study_frames, write_folder

from market.report import read_subject, write_report

selenium = pytest.importorskip("selenium")

from browsers import OUTSIDE, OVERLAPS, chromium  # noqa: E402
from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

PATIENCE = 300  # seconds for what takes one or two
NAMES = ("run", "study", "sampled", "comparison")
WIDTHS = LAPTOP, PHONE = 1200, 390  # pixels

DRAWN = ".js-line, .scatterlayer .point, .barlayer .point path, .heatmaplayer image, .sankey-link"


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """Reports of a run beside its twin, of studies over a grid and sampled, and of a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    run, twin = (small_run(n).save(folder / f"run-{n}") for n in (2, 0))
    file = run / "scenario.toml"
    file.write_text(
        file.read_text().replace("interventions = []\n", "")
        + '\n[[interventions]]\nat = 4\nname = "a tax of 5% on routing"\n'
    )
    frames = dict(study_frames())
    indices = {"sensitivity": frames.pop("sensitivity"), "summary": frames["summary"]}
    study = write_folder(folder / "study", frames, {"study": "duopoly"})
    sampled = write_folder(folder / "sampled", indices, {"study": "duopoly"})
    pair = write_folder(folder / "pair", comparison_frames(), {"comparison": ["none", "two"]})
    subjects = {
        "run": read_subject(run, twin),
        "study": read_subject(study),
        "sampled": read_subject(sampled),
        "comparison": read_subject(pair),
    }
    return {name: write_report(s, folder / f"{name}.html") for name, s in subjects.items()}


def visit(browser: webdriver.Chrome, page: Path, width: int = LAPTOP) -> None:
    """Open a page, unfold it, and wait until every chart is drawn."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(page.as_uri())
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05).until(
        lambda b: b.execute_script("return document.body.dataset.drawn")
    )
    browser.execute_script(
        "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
    )
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05).until(
        lambda b: not b.find_elements(By.CSS_SELECTOR, ".chart:not([data-drawn])")
    )


def chart(browser: webdriver.Chrome, question: str) -> WebElement:
    xpath = f"//figure[*[contains(., '{question}')]]//div[contains(@class, 'chart')]"
    found = browser.find_element(By.XPATH, xpath)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    return found


@pytest.fixture(scope="module")
def told() -> dict[str, list[dict[str, str]]]:
    """What the browser logged of its requests and its console while `opened` opened a page."""
    return {}


@pytest.fixture(scope="module", params=[(name, width) for name in NAMES for width in WIDTHS])
def opened(request, browser, pages, told) -> webdriver.Chrome:
    """Every page at every width, opened once for all tests that only look."""
    logs = ("performance", "browser")
    for log in logs:
        browser.get_log(log)
    visit(browser, pages[request.param[0]], request.param[1])
    told.update({log: browser.get_log(log) for log in logs})
    return browser


@pytest.fixture
def shared(browser, pages) -> webdriver.Chrome:
    """The page of the run, for tests that leave it as they found it: opened again if need be."""
    if not browser.execute_script("return document.body.dataset.shared"):
        visit(browser, pages["run"])
        browser.execute_script("document.body.dataset.shared = 'yes'")
    return browser


def test_every_chart_draws_its_traces(opened):
    empty = opened.execute_script(
        "return [...document.querySelectorAll('.chart')].filter((place) => "
        "!place.querySelector(arguments[0])).map((place) => place.getAttribute('aria-label'))",
        DRAWN,
    )
    assert empty == []
    assert opened.find_elements(By.CSS_SELECTOR, ".chart")


def test_no_text_of_a_chart_covers_another(opened):
    assert opened.execute_script(OVERLAPS) == []


def test_no_text_of_a_chart_leaves_its_frame(opened):
    assert opened.execute_script(OUTSIDE) == []


def test_a_page_never_scrolls_sideways(opened):
    wide, window = opened.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= window


def test_no_request_leaves_the_file_and_the_console_is_silent(opened, told):
    events = [json.loads(entry["message"])["message"] for entry in told["performance"]]
    asked = {
        event["params"]["request"]["url"].partition(":")[0]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert "file" in asked
    assert asked <= {"file", "data"}  # data: is in the file itself
    assert told["browser"] == []


def test_hovering_shows_the_names_and_values_under_the_pointer(shared):
    place = chart(shared, "Who earns what profit?")
    area = place.find_element(By.CSS_SELECTOR, ".nsewdrag")

    def hover(_: object) -> list[WebElement]:
        ActionChains(shared).move_to_element(area).move_by_offset(1, 0).perform()
        return place.find_elements(By.CSS_SELECTOR, ".hoverlayer .legend text")

    found = WebDriverWait(shared, PATIENCE).until(hover)
    shown = " ".join(text.text for text in found)
    assert "OpenAI" in shown
    assert "$" in shown


def test_a_click_on_the_legend_puts_a_line_away_and_back(shared):
    place = chart(shared, "Who earns what profit?")

    def lines() -> int:
        return len(place.find_elements(By.CSS_SELECTOR, ".scatterlayer .js-line"))

    before = lines()
    assert before >= 4
    for expected in (before - 1, before):  # a line goes only once a second click would not count
        toggle = place.find_element(By.CSS_SELECTOR, ".legendtoggle")
        ActionChains(shared).move_to_element(toggle).click().perform()
        WebDriverWait(shared, PATIENCE).until(lambda _, n=expected: lines() == n)


def test_paper_gets_charts_that_fit_it(shared):
    shared.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    widths = shared.execute_script(
        "return [...document.querySelectorAll('.chart .main-svg')].map((s) => s.clientWidth)"
    )
    assert max(widths) <= 660
    shared.execute_script("window.dispatchEvent(new Event('afterprint'))")


def test_the_tick_player_moves_and_pauses(browser, pages):
    visit(browser, pages["run"])
    place = chart(browser, "What happens tick by tick?")

    def tick() -> str:
        return place.find_element(By.CSS_SELECTOR, ".slider-label").text

    def press(label: str) -> None:
        button = place.find_element(
            By.XPATH, f".//*[contains(@class, 'updatemenu-button')][contains(., '{label}')]"
        )
        ActionChains(browser).move_to_element(button).click().perform()

    assert tick() == "tick 0"
    press("Play")
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05).until(lambda _: tick() != "tick 0")
    press("Pause")
    stopped = tick()
    browser.execute_async_script("setTimeout(arguments[0], 900)")  # more than two frames
    assert tick() == stopped


def test_a_dark_page_has_dark_charts_and_light_ones_on_paper(browser, pages):
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
    visit(browser, pages["comparison"])
    fill = "return getComputedStyle(document.querySelector('.main-svg')).backgroundColor"
    try:
        assert browser.execute_script(fill) == "rgb(22, 24, 27)"
        browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
        assert browser.execute_script(fill) == "rgb(255, 255, 255)"
        browser.execute_script("window.dispatchEvent(new Event('afterprint'))")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    WebDriverWait(browser, PATIENCE).until(lambda b: b.execute_script(fill) == "rgb(255, 255, 255)")


def test_a_term_tells_its_meaning_to_the_keyboard(shared):
    shared.execute_script("document.querySelector('.term').focus()")
    box = shared.find_element(By.ID, "meaning")
    assert box.is_displayed()
    assert box.text == shared.execute_script("return document.activeElement.dataset.meaning")
    shared.execute_script("document.activeElement.blur()")
    assert not box.is_displayed()
