"""The page for what-if work in a real browser, served by its command."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from typer.testing import CliRunner

import market
from market.cli.app import app
from market.explore.before_after_text import measures
from market.explore.settings import WhatIf

pytest.importorskip("selenium")
pytest.importorskip("dash")

from browsers import OUTSIDE, OVERLAPS, chromium
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 60  # seconds for what takes one or two
LAPTOP, PHONE = 1200, 390  # pixels
SMALL = ("ticks=6", "consumers.teams.size=100", "population.problems=20", "quality_tiers.count=3")
QUESTION = WhatIf("synthetic", SMALL)
COUNT = "arbitrageurs.routers.count"
# stands in for Plotly where a test is about numbers and words: a chart takes a browser longest
UNDRAWN = """window.Plotly = {
  react: async (place) => { place.on = () => place; place.removeAllListeners = () => {}; },
  purge: () => {},
  Plots: {resize: async () => {}},
};"""


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(browser) -> Iterator[str]:
    """Of a page served by `market explore`, which ends without complaint when interrupted."""
    settings = [word for text in SMALL for word in ("--set", text)]
    command = [sys.executable, "-m", "market.cli", "explore", "synthetic", *settings]
    with subprocess.Popen(
        [*command, "--port", "0", "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        yield line.split()[1]
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=PATIENCE)
        assert (server.returncode, complaints) == (0, "")


@cache
def expected(*settings: str) -> list[list[str]]:
    """The table of measures of a market with the settings, by the library alone."""
    pair = QUESTION.pair(settings)
    sides = [market.run(pair.one), market.run(pair.other, base=pair.base)]
    return [[row.name, row.before, row.after, row.change] for row in measures(*sides)]


def until(browser: webdriver.Chrome, holds: Callable[[], object]) -> None:
    WebDriverWait(browser, PATIENCE, poll_frequency=0.1).until(lambda _: holds())


def table(browser: webdriver.Chrome) -> list[list[str]]:
    return browser.execute_script(
        "const table = document.querySelector('#results table');"
        "return table ? [...table.tBodies[0].rows].map((r) => [...r.cells].map("
        "(cell) => cell.textContent)) : []"
    )


def shows(browser: webdriver.Chrome, *settings: str) -> None:
    """Wait until the page shows what a market with the settings does."""
    until(browser, lambda: table(browser) == expected(*settings))


def visit(
    browser: webdriver.Chrome, address: str, width: int = LAPTOP, drawn: bool = False
) -> None:
    """Open the page, whose charts stay empty unless they are to be `drawn`."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    if not drawn:
        undrawn = browser.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": UNDRAWN}
        )
    browser.get(address)
    if not drawn:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", undrawn)
    shows(browser)


def part(browser: webdriver.Chrome, key: str, which: str = "value") -> WebElement:
    name = json.dumps({"control": key, "part": which}, separators=(",", ":"))
    return browser.find_element(By.XPATH, f"//*[@id='{name}']")


def write(browser: webdriver.Chrome, key: str, text: str) -> None:
    part(browser, key).send_keys(Keys.CONTROL, "a")
    part(browser, key).send_keys(text)


def text(browser: webdriver.Chrome, name: str) -> str:
    return browser.find_element(By.ID, name).text


@pytest.fixture(scope="module", params=[LAPTOP, PHONE])
def opened(request, browser, address) -> tuple[webdriver.Chrome, dict[str, list[dict[str, str]]]]:
    """The page with its charts at each width, and what the browser logged while it was opened."""
    logs = ("performance", "browser")
    for log in logs:
        browser.get_log(log)
    visit(browser, address, request.param, drawn=True)
    charts = "#results .chart .main-svg"
    until(browser, lambda: len(browser.find_elements(By.CSS_SELECTOR, charts)) >= 12)
    return browser, {log: browser.get_log(log) for log in logs}


def test_it_loads_with_a_silent_console_and_no_request_beyond_this_machine(opened, address):
    _, told = opened
    events = [json.loads(entry["message"])["message"] for entry in told["performance"]]
    asked = [e["params"]["request"]["url"] for e in events if e["method"].endswith("WillBeSent")]
    assert any(url.startswith(address) for url in asked)
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert told["browser"] == []


def test_the_page_fits_its_width_and_no_text_of_a_chart_covers_another(opened):
    browser, _ = opened
    wide, window = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= window
    assert browser.execute_script(OVERLAPS) == []
    assert browser.execute_script(OUTSIDE) == []


def test_a_slider_changes_the_result_and_the_number_beside_it(browser, address):
    visit(browser, address, drawn=True)
    browser.get_log("browser")
    part(browser, COUNT, "slider").send_keys(Keys.ARROW_RIGHT)
    shows(browser, f"{COUNT}=3")
    assert part(browser, COUNT).get_attribute("value") == "3"
    assert text(browser, "command") == QUESTION.command([f"{COUNT}=3"])
    assert text(browser, "progress") == ""
    assert browser.get_log("browser") == []


def test_a_question_is_a_link_and_back_and_forward_ask_and_unask_it(browser, address):
    visit(browser, address)
    first = text(browser, "verdict")
    assert first.startswith("Against the same market without arbitrageurs")
    browser.get_log("browser")
    browser.find_element(By.LINK_TEXT, "One more arbitrageur").send_keys(Keys.ENTER)
    shows(browser, f"{COUNT}=3")
    assert browser.current_url == f"{address}?{COUNT}=3"
    assert text(browser, "verdict").startswith("With this change, ")
    part(browser, COUNT, "slider").send_keys(Keys.ARROW_RIGHT)
    shows(browser, f"{COUNT}=4")
    browser.back()
    shows(browser, f"{COUNT}=3")
    browser.back()
    shows(browser)
    browser.forward()
    shows(browser, f"{COUNT}=3")
    browser.refresh()
    shows(browser, f"{COUNT}=3")
    assert part(browser, COUNT).get_attribute("value") == "3"
    assert browser.get_log("browser") == []


def test_keys_alone_reach_every_question_and_every_field_has_a_name(browser, address):
    visit(browser, address)
    body = browser.find_element(By.TAG_NAME, "body")
    asked = browser.find_elements(By.CSS_SELECTOR, "#presets a")
    for link in asked:
        browser.switch_to.active_element.send_keys(Keys.TAB)
        assert browser.switch_to.active_element == link
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element == part(browser, COUNT, "slider")
    assert body.find_element(By.ID, "verdict").get_attribute("aria-live") == "polite"
    unnamed = browser.execute_script(
        "return [...document.querySelectorAll('#controls input, #controls textarea')].filter("
        "(field) => !field.labels.length && !field.ariaLabel).map((field) => field.id)"
    )
    assert unnamed == []


def test_a_number_that_is_typed_moves_the_slider(browser, address):
    visit(browser, address)
    write(browser, "policy.routing_tax", "0.3")
    until(
        browser,
        lambda: part(browser, "policy.routing_tax", "slider").get_attribute("value") == "0.3",
    )


def test_the_accuracy_of_a_signal_is_asked_for_only_where_there_is_one(browser, address):
    visit(browser, address)
    accuracy = part(browser, "arbitrageurs.routers.routing.accuracy", "whole")
    assert not accuracy.is_displayed()
    browser.find_element(By.CSS_SELECTOR, "input[value=signal]").click()
    until(browser, accuracy.is_displayed)


def test_two_users_at_once_do_not_disturb_each_other(browser, address):
    visit(browser, address)
    one = browser.current_window_handle
    browser.switch_to.new_window("tab")  # to the server, users who share whatever it may store
    other = browser.current_window_handle
    try:
        visit(browser, address)
        browser.switch_to.window(one)
        write(browser, COUNT, "5")
        browser.switch_to.window(other)
        write(browser, "policy.routing_tax", "0.4")
        shows(browser, "policy.routing_tax=0.4")
        assert text(browser, "command") == QUESTION.command(["policy.routing_tax=0.4"])
        browser.switch_to.window(one)
        shows(browser, f"{COUNT}=5")
        assert text(browser, "command") == QUESTION.command([f"{COUNT}=5"])
    finally:
        browser.switch_to.window(other)
        browser.close()
        browser.switch_to.window(one)


def test_a_bad_value_shows_a_message_and_the_page_lives_on(browser, address):
    visit(browser, address)
    write(browser, COUNT, "many")
    until(browser, lambda: part(browser, COUNT, "wrong").text)
    wrong = part(browser, COUNT, "wrong").text
    assert wrong == 'how many: must be a whole number (value: "many")'
    assert table(browser) == expected()
    write(browser, COUNT, "0")
    shows(browser, f"{COUNT}=0")
    assert part(browser, COUNT, "wrong").text == ""


def test_a_market_that_cannot_be_run_says_why_and_the_page_lives_on(browser, address):
    visit(browser, address)
    # no such model: found only when the run begins
    write(browser, "other", 'providers.North.models=["torch"]')
    until(browser, lambda: text(browser, "failure"))
    assert "torch" in text(browser, "failure")
    write(browser, "other", f"{COUNT}=1")
    shows(browser, f"{COUNT}=1")
    assert text(browser, "failure") == ""


def test_the_saved_scenario_reruns_to_the_same_figures(browser, address, tmp_path):
    visit(browser, address)
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    write(browser, COUNT, "3")
    write(browser, "policy.routing_tax", "0.2")
    settings = (f"{COUNT}=3", "policy.routing_tax=0.2")
    shows(browser, *settings)
    browser.find_element(By.ID, "save").click()
    file = tmp_path / "synthetic-what-if.toml"
    until(browser, file.exists)
    assert text(browser, "saved").startswith("Saved as synthetic-what-if.toml")
    out = tmp_path / "out"
    found = CliRunner().invoke(
        app, ["run", str(file), "--no-baseline", "--json", "--out", str(out)]
    )
    assert found.exit_code == 0, found.output
    summary = json.loads(found.stdout)["summary"]
    shown = {row[0]: row[2] for row in table(browser)}
    assert shown["price index (1 = no arbitrageurs)"] == f"{summary['price_index']:.3f}"
    assert market.load(file) == QUESTION.after(settings)
