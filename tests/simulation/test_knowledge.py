"""The moat is the routing: what a router knows, and what that earns it."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import market
from market.foundation.errors import ScenarioError
from market.frontier.fitting_sample import usual_cap
from market.scenario.build import prepare
from market.simulation.model import MarketModel
from market.simulation.seller_views import resale_view

OTHERS = {"sympy": 0.17, "sphinx-doc": 0.106, "scikit-learn": 0.063, "other": 0.161}
DOMAINS = {"django": {"django": 1.0}, "others": OTHERS}
BLIND = {"kind": "cascade"}


def run(ticks: int = 4, seed: int = 1, **values: object) -> market.RunResult:
    settings = {f"arbitrageurs.router.{key}": value for key, value in values.items()}
    return market.run(
        market.load(
            "routing_knowledge",
            set={
                "ticks": ticks,
                "menu_points": 16,
                "consumers.teams.size": 2000,
                "consumers.teams.queries_per_tick": 20,
                "perturb_every": "never",
                **settings,
            },
            seed=seed,
        )
    )


def operating_profit(result: market.RunResult) -> float:
    """US dollars per tick, the fitting budget aside."""
    table = result.arbitrageurs
    return float((table["profit"] + table["outlay"]).groupby(table["tick"]).sum().mean())


def test_profit_rises_with_signal_accuracy():
    # an undercut of a tenth is held by cost, and not by the rival's price
    pricing = {"kind": "undercut", "step": 0.1, "min_margin": 0.02}
    profits = [
        operating_profit(run(routing={"kind": "signal", "accuracy": a}, pricing=pricing))
        for a in (0.0, 0.5, 1.0)
    ]
    assert all(later > 1.03 * earlier for earlier, later in pairwise(profits))


def test_no_signal_is_the_plain_cascade():
    blind, none = run(routing=BLIND), run(routing={"kind": "signal", "accuracy": 0.0})
    assert blind.market.equals(none.market)


def test_an_oracle_earns_most_and_a_cascade_beats_one_model_without_a_signal():
    def margin(**routing: object) -> float:
        # fees that pay best: a scripted rule may leave an oracle less than it could earn
        pricing = {"kind": "best_response", "min_margin": 0.0}
        return run(routing=routing, pricing=pricing).summary["arbitrage_margin"]

    oracle, seeing = margin(kind="oracle"), margin(kind="signal", accuracy=1.0)
    assert oracle > seeing
    assert seeing >= margin(kind="single", accuracy=1.0)
    # mixing two models by lot saves a little even where nothing is seen; following up saves more
    assert margin(**BLIND) > margin(kind="single", accuracy=0.0) + 0.05


def test_what_a_seeing_router_pays_is_what_it_expected():
    model = market.MarketModel(
        market.load(
            "routing_knowledge",
            set={
                "ticks": 3,
                "consumers.teams.size": 100_000,
                "arbitrageurs.router.routing": {"kind": "signal", "accuracy": 0.6},
            },
        )
    )
    for _ in range(3):
        model.step()
    tick, (router,), (segment,) = model.recorder.last, model.arbitrageurs, model.segments
    schedule = router.schedule()
    expected = segment.served_by_point
    sold = expected.reshape(-1, model.points)[router.first]
    assert tick.flow.served[-1].sum() > 20_000
    assert tick.payments.arbitrage_spend[0] == pytest.approx(sold @ schedule.spend, rel=0.02)
    assert tick.flow.solved[-1].sum() == pytest.approx(sold @ schedule.quality, rel=0.01)


def test_sales_and_profit_rise_with_the_fitting_budget():
    def earned(**values: object) -> tuple[float, float]:
        """US dollars before outlays and queries sold, over several draws of the sample."""
        results = [run(ticks=3, seed=seed, routing=BLIND, **values) for seed in range(1, 5)]
        profit = sum(3 * operating_profit(result) for result in results)
        return profit, sum(result.arbitrageurs["queries"].sum() for result in results)

    # a router that knows little does not dare to sell much
    fits = [{"kind": "fit", "budget": budget} for budget in (1, 10, 100)]
    found = [earned(knowledge=knowledge) for knowledge in fits] + [earned()]
    for profit_or_queries in zip(*found, strict=True):
        assert all(later > earlier for earlier, later in pairwise(profit_or_queries))


def test_the_fitting_budget_is_spent_and_earned_by_providers():
    result = run(routing=BLIND, knowledge={"kind": "fit", "budget": 50.0})
    outlay = result.arbitrageurs.set_index("tick")["outlay"]
    population = MarketModel(market.load("routing_knowledge")).costs.tables.population
    one_problem = usual_cap(population, np.ones(2)).sum()
    assert 50 <= outlay[0] < 50 + one_problem  # the last one is finished
    assert (outlay[1:] == 0).all()
    fitting = result.providers.groupby("tick")["fitting_revenue"].sum()
    assert fitting[0] == pytest.approx(outlay[0])
    assert fitting[1:].sum() == 0


def test_what_a_fitted_router_sells_is_what_it_delivers():
    model = market.MarketModel(
        market.load(
            "routing_knowledge",
            set={
                "ticks": 2,
                "arbitrageurs.router.routing": BLIND,
                "arbitrageurs.router.knowledge": {"kind": "fit", "budget": 100},
            },
        )
    )
    model.step()
    (router,) = model.arbitrageurs
    (menu,) = router.menus[0]
    sold = np.isfinite(menu.price)
    assert sold.any()
    assert (model.costs.whole.delivered(menu.policies)[sold] >= menu.quality[sold] - 1e-9).all()


@cache
def fitted_on(domains: str, sold: str) -> tuple[float, float]:
    """Operating profit per tick and queries per run, over several draws of the sample."""
    knowledge = {"kind": "domains", "shares": DOMAINS[domains]}
    results = [
        market.run(
            market.load(
                "routing_knowledge",
                set={
                    "ticks": 3,
                    "menu_points": 16,
                    "consumers.teams.size": 2000,
                    "perturb_every": "never",
                    "consumers.teams.problems": {"kind": "domains", "shares": DOMAINS[sold]},
                    "arbitrageurs.router.routing": BLIND,
                    "arbitrageurs.router.pricing.step": 0.2,
                    "arbitrageurs.router.knowledge": {
                        "kind": "fit",
                        "budget": 300,
                        "problems": knowledge,
                    },
                },
                seed=seed,
            )
        )
        for seed in range(1, 5)
    ]
    queries = [result.arbitrageurs["queries"].sum() for result in results]
    return float(np.mean([operating_profit(r) for r in results])), float(np.mean(queries))


def test_a_router_fitted_on_a_domain_earns_there():
    assert all(fitted_on(domain, domain)[0] > 0 for domain in DOMAINS)


def test_a_router_fitted_on_easy_problems_sells_too_cheaply_at_hard_ones_and_loses():
    (at_home, sold_at_home), (away, sold_away) = [
        fitted_on(d, "others") for d in ("others", "django")
    ]
    assert away < 0 < at_home
    assert sold_away > 1.5 * sold_at_home


def test_a_router_fitted_on_hard_problems_asks_too_much_for_easy_ones_and_sells_little():
    (_, sold_at_home), (_, sold_away) = [fitted_on(d, "django") for d in ("django", "others")]
    assert sold_away < 0.5 * sold_at_home


@pytest.mark.filterwarnings("ignore:arbitrageurs.best:market.MarketWarning")  # at its least margin
def test_arbitrageurs_who_know_different_things_live_in_one_market():
    groups = [
        {"name": "blind", "routing": BLIND},
        {"name": "seeing", "routing": {"kind": "signal", "accuracy": 0.8}},
        {"name": "taught", "routing": BLIND, "knowledge": {"kind": "fit", "budget": 100}},
        {"name": "best", "routing": BLIND, "pricing": {"kind": "best_response"}},
    ]
    result = market.run(
        market.load(
            "duopoly", set={"ticks": 12, "consumers.teams.size": 2000, "arbitrageurs": groups}
        )
    )
    last = result.arbitrageurs[result.arbitrageurs["tick"] >= 8].groupby("group")["profit"].sum()
    assert last["seeing"] > max(last["blind"], last["taught"], 0)
    assert (result.market["imbalance"] <= 1e-9).all()


def test_a_fitting_budget_waits_until_there_is_something_to_try():
    late = {"kind": "fit", "budget": 10.0}
    spec = market.load(
        "routing_knowledge",
        set={
            "ticks": 5,
            "consumers.teams.size": 500,
            "perturb_every": "never",
            "arbitrageurs.router.knowledge": late,
            "providers.OpenAI.active_from": 2,
            "providers.DeepSeek.active_from": 2,
        },
    )
    table = market.run(spec).arbitrageurs.set_index("tick")
    assert (table["outlay"] > 0).tolist() == [False, False, True, False, False]
    assert (table["queries"][2:] > 0).all()


def test_a_menu_that_best_responds_rests_on_what_the_sample_shows_of_costs():
    spec = market.load(
        "routing_knowledge",
        set={
            "ticks": 2,
            "consumers.teams.size": 500,
            "perturb_every": "never",
            "arbitrageurs.router.routing": BLIND,
            "arbitrageurs.router.knowledge": {"kind": "fit", "budget": 2.0},
            "arbitrageurs.router.pricing": {"kind": "best_response"},
        },
    )
    model = MarketModel(spec)
    model.step()
    (router,) = model.arbitrageurs
    believed = router.schedule()
    assert believed is not None
    assert np.isfinite(believed.spend).any()
    expected = resale_view(model, router, 0, believed).expected
    at_cost = expected.profit(believed.spend[None, :])
    assert at_cost[0] == pytest.approx(0.0, abs=1e-9)  # what it thinks it costs leaves no profit


def test_a_fitting_budget_that_pays_for_more_problems_than_find_room_is_refused():
    knowledge = {"kind": "fit", "budget": 1e7}
    spec = market.load("routing_knowledge", set={"arbitrageurs.router.knowledge": knowledge})
    with pytest.raises(ScenarioError, match=r"arbitrageurs\.router\.knowledge\.budget: 1e\+07 USD"):
        prepare(spec)
    prepare(
        market.load(
            "routing_knowledge",
            set={"arbitrageurs.router.knowledge": {"kind": "fit", "budget": 1000.0}},
        )
    )
