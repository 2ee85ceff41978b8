"""An exported what-if in a real browser, opened as a file."""

import json

import pytest

import market
from market.explore.export import export

pytest.importorskip("selenium")

from browsers import chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

COUNT = "arbitrageurs.routers.count"
SMALL = {
    "ticks": 4,
    "consumers.teams.size": 200,
    "population.problems": 30,
    "quality_tiers.count": 3,
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "what-if.html"
    vary = {COUNT: [0, 2], "policy.routing_tax": [0.0, 0.2]}
    return export(market.load("synthetic", set=SMALL), file, vary, replicates=2, jobs=1).as_uri()


def shown(browser):
    return [browser.find_element(By.ID, name).text for name in ("verdict", "bars", "rows")]


def test_a_slider_changes_verdict_charts_and_numbers_and_nothing_is_asked_of_anyone(
    browser, address
):
    browser.get(address)
    before = shown(browser)
    browser.find_element(By.ID, "slider-0").send_keys(Keys.ARROW_LEFT)
    after = shown(browser)
    assert all(one != other for one, other in zip(before, after, strict=True))
    browser.find_element(By.ID, "slider-0").send_keys(Keys.ARROW_RIGHT)
    assert shown(browser) == before
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"].endswith("WillBeSent")]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert browser.get_log("browser") == []


def test_it_fits_a_phone_and_every_field_and_picture_has_a_name(browser, address):
    metrics = {"width": 380, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(address)
    wide, window, unnamed = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth,"
        "[...document.querySelectorAll('input')].filter((i) => !i.labels.length).length +"
        "[...document.querySelectorAll('svg')].filter((s) => !s.ariaLabel).length]"
    )
    assert wide <= window
    assert unnamed == 0
