"""Draw the README's picture again: the arbitrage frontier of the shipped pack, in chromium.

Run by `make picture`. Needs chromium and chromedriver on the path.
"""

import base64
import shutil
import sys
import tempfile
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from market import charts
from market.frontier.appraisal import appraise
from market.population.packs import read_pack

TARGET = Path(__file__).parent / "market.png"
WIDTH, HEIGHT, SCALE = 1000, 520, 2  # pixels, and pixels per pixel
TITLE = "What does it cost to solve software issues, and what could it cost?"
QUALITY = (0.40, 0.80, 161)

PAGE = """<!doctype html><meta charset="utf-8"><div id="chart"></div>
<script>{plotly}</script><script>const chart = {chart};</script>"""
SHOOT = """
const done = arguments[arguments.length - 1];
const size = {{width: {width}, height: {height}}};
Plotly.newPlot("chart", chart.data, {{...chart.layout, ...size}}, {{staticPlot: true}})
  .then((place) => Plotly.toImage(place, {{format: "png", scale: {scale}, ...size}}))
  .then(done);
"""


def main(target: Path = TARGET) -> int:
    """Draw the chart and write its picture."""
    pack = read_pack("swebench")
    titles = {model["name"]: model["title"] for model in pack.about["models"]}
    costs = charts.frontier_costs(appraise(pack.population, quality=QUALITY).to_json())
    chart = charts.cost_by_solve_rate(costs.replace({"name": titles}))
    chart.update_layout(title_text=TITLE, margin_t=50)
    return shoot(chart, target, WIDTH, HEIGHT)


def shoot(chart: go.Figure, target: Path, width: int, height: int) -> int:
    """Write the picture of a chart, so many pixels wide and high; 1 without a browser."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        print("needs chromium and chromedriver: apt-get install chromium chromium-driver")
        return 1
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    with (
        tempfile.TemporaryDirectory() as folder,
        webdriver.Chrome(options=options, service=Service(driver)) as browser,
    ):
        page = Path(folder) / "chart.html"
        text = PAGE.format(plotly=get_plotlyjs(), chart=chart.to_json())
        page.write_text(text, encoding="utf-8")
        browser.get(page.as_uri())
        script = SHOOT.format(width=width, height=height, scale=SCALE)
        picture = browser.execute_async_script(script)
    target.write_bytes(base64.b64decode(picture.partition(",")[2]))
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
