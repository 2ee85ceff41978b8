"""A live what-if: sliders, and figures that move with them."""

import pytest
from jupyter_client.manager import start_new_kernel

import market

CODE = """
import market
page = market.what_if(market.load("duopoly").change({"consumers.teams.size": 100}, ticks=4))
slider = page.sliders["arbitrageurs.router.count"]
display(page)
print(slider.model_id)
"""


@pytest.fixture(scope="module")
def scenario():
    return market.load("duopoly").change({"consumers.teams.size": 100}, ticks=4)


@pytest.fixture
def page(scenario):
    return market.what_if(scenario)


def test_sliders_start_at_the_scenario_s_values(page):
    assert page.sliders["arbitrageurs.router.count"].value == 1
    assert page.sliders["policy.routing_tax"].value == 0


def test_a_moved_slider_runs_what_it_says(page, scenario):
    page.sliders["arbitrageurs.router.count"].value = 2
    alone = market.run(scenario.change({"arbitrageurs.router.count": 2}, perturb_every="never"))
    assert page.result.summary["price_index"] == alone.summary["price_index"]


def test_words_and_chart_move_with_a_slider(page):
    before = page._words.value, page._chart.outputs
    page.sliders["policy.routing_tax"].value = 0.5
    assert page._words.value != before[0]
    assert page._chart.outputs != before[1]


def test_a_range_that_does_not_hold_the_start_is_refused(scenario):
    with pytest.raises(market.ScenarioError, match="hold the scenario's 1"):
        market.what_if(scenario, {"arbitrageurs.router.count": (2, 4)})


def test_a_path_without_a_number_is_refused(scenario):
    with pytest.raises(market.ScenarioError, match="no number there"):
        market.what_if(scenario, {"policy.gated": (0, 1)})


def test_a_kernel_answers_to_a_slider_that_a_page_moves():
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        shown = []
        client.execute_interactive(CODE, output_hook=shown.append, timeout=60)
        assert any(
            "application/vnd.jupyter.widget-view+json" in m["content"].get("data", {})
            for m in shown
        )
        printed = [m["content"]["text"] for m in shown if m["msg_type"] == "stream"]
        moved = {"method": "update", "state": {"value": 3}, "buffer_paths": []}
        content = {"comm_id": printed[-1].strip(), "data": moved}
        client.shell_channel.send(client.session.msg("comm_msg", content))
        said = []
        client.execute_interactive(
            "print(page.scenario.arbitrageurs[0].count)",
            output_hook=lambda m: said.append(m["content"].get("text", "")),
            timeout=60,
        )
        assert "".join(said).strip() == "3"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
