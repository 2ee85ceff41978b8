"""Distilled students in the market: what they earn their owner, and cost their teacher."""

import math
from itertools import pairwise

import pandas as pd
import pytest

import market
from market.strategies.distillation import Distillation

TOKENS = (600e6, 1.8e9, 5.4e9)  # with fewer, a student saves less than chance moves
SMALL = {"ticks": 12, "consumers.teams.size": 2000, "perturb_every": "never"}
PLAN = "arbitrageurs.distiller.distillation"


def run(name: str = "distillation", **values: object) -> market.RunResult:
    settings = {key.replace("__", "."): value for key, value in values.items()}
    return market.run(market.load(name, set={**SMALL, **settings}))


def plan(**changes: object) -> dict[str, object]:
    return {f"{PLAN}.{key}": value for key, value in changes.items()}


def operating_profit(result: market.RunResult) -> float:
    table = result.arbitrageurs
    return float((table["profit"] + table["outlay"]).sum())


@pytest.fixture(scope="module")
def banned() -> market.RunResult:
    return run(policy__distillation_ban=True)


def test_operating_profit_rises_with_tokens(banned):
    profits = [operating_profit(banned)]
    profits += [operating_profit(run(**plan(when=0, tokens=tokens))) for tokens in TOKENS]
    assert all(later > earlier for earlier, later in pairwise(profits))


def test_the_teacher_earns_less_than_in_the_twin_market(banned):
    result = run(**plan(when=0))
    with_student, without = (r.providers.sum(numeric_only=True) for r in (result, banned))
    assert with_student["direct_revenue"] < 0.95 * without["direct_revenue"]
    queries = with_student["direct_revenue"] + with_student["resale_revenue"]
    assert queries < 0.95 * (without["direct_revenue"] + without["resale_revenue"])


def test_tokens_are_the_teacher_s_revenue_and_training_is_nobody_s():
    result = run(**plan(when=3, tokens=100e6, token_price=0.5, training_price=0.2))
    assert result.providers.set_index("tick")["token_revenue"].to_dict()[3] == 50.0
    outlay = result.arbitrageurs.set_index("tick")["outlay"]
    assert outlay[3] == 70.0
    assert outlay.drop(3).sum() == 0
    assert (result.market["imbalance"] <= 1e-9).all()


def test_a_student_works_from_the_tick_of_its_making():
    result = run(**plan(when=3))
    attempts = result.models[result.models["student"]].set_index("tick")["attempts"]
    assert (attempts[:3] == 0).all()
    assert (attempts[3:] > 0).all()


def test_a_ban_removes_both_effects_exactly(banned):
    without = market.load("distillation", set=SMALL)
    group = without.arbitrageurs[0].model_copy(update={"distillation": None})
    never = market.run(without.model_copy(update={"arbitrageurs": (group,)}))
    for name in ("market", "providers", "arbitrageurs", "consumers", "trades"):
        pd.testing.assert_frame_equal(banned.tables[name], never.tables[name])


def test_it_waits_until_the_outlay_is_earned_back():
    ready = run(**plan(token_price=0.0, training_price=0.0)).arbitrageurs
    models = run(**plan(token_price=0.0, training_price=0.0)).models
    assert models[models["student"]].set_index("tick")["attempts"][1] > 0
    assert (ready["outlay"] == 0).all()
    dear = run(**plan(token_price=1e3, training_price=0.0))
    assert (dear.arbitrageurs["outlay"] == 0).all()
    assert (dear.models[dear.models["student"]]["attempts"] == 0).all()


def test_the_rule_weighs_gain_over_the_horizon_against_the_outlay():
    rule = Distillation(teacher="t", tokens=1e9, token_price=0.4, training_price=0.1, horizon=10)
    assert rule.outlay(1.5) == pytest.approx((600.0, 100.0))
    assert rule.due(0, gain=70.01, outlay=700.0)
    assert not rule.due(0, gain=69.99, outlay=700.0)
    fixed = rule.model_copy(update={"when": 4})
    assert not fixed.due(3, gain=1e9, outlay=0.0)
    assert fixed.due(4, gain=0.0, outlay=1e9)


def test_a_student_on_sale_is_bought_by_others_and_pays_its_owner():
    other = {"name": "other", "awareness": 0.8}
    spec = market.load("distillation", set={**SMALL, **plan(when=0, resale=0.1)})
    group = type(spec.arbitrageurs[0]).model_validate(other)
    result = market.run(spec.model_copy(update={"arbitrageurs": (*spec.arbitrageurs, group)}))
    sums = result.arbitrageurs.groupby("arbitrageur").sum(numeric_only=True)
    assert sums.loc["distiller-1", "student_sales"] > 0
    assert sums.loc["other-1", "student_sales"] == 0
    student = result.models[result.models["student"]]
    assert student["revenue"].sum() == pytest.approx(sums["student_sales"].sum())
    assert (result.market["imbalance"] <= 1e-9).all()
    # what the other pays for it lies between its cost and the teacher's price
    kept = market.run(
        spec.model_copy(
            update={
                "arbitrageurs": (
                    spec.arbitrageurs[0].model_copy(
                        update={
                            "distillation": spec.arbitrageurs[0].distillation.model_copy(
                                update={"resale": None}
                            )
                        }
                    ),
                    group,
                )
            }
        )
    )
    assert kept.arbitrageurs["student_sales"].sum() == 0


def test_each_of_a_group_distils_a_student_of_its_own():
    result = run(**plan(when=1), arbitrageurs__distiller__count=2)
    students = result.models[result.models["student"]]
    assert set(students["model"]) == {"distiller-1", "distiller-2"}
    last = students[students["tick"] == SMALL["ticks"] - 1].set_index("model")["attempts"]
    assert (last > 0).all()
    assert last.nunique() == 2


def test_a_gated_teacher_sells_no_tokens_and_a_resale_markup_is_on_them_too():
    gated = run(**plan(when=1), policy__gated=["Alibaba"])
    assert (gated.arbitrageurs["outlay"] == 0).all()
    assert (gated.models[gated.models["student"]]["attempts"] == 0).all()
    priced = plan(when=1, tokens=100e6, token_price=0.5, training_price=0.0)
    dearer = run(**priced, policy__resale_markup=0.2).providers
    assert dearer["token_revenue"].sum() == pytest.approx(60.0)
    cost = (
        dearer["cost"].sum() - run(**priced, policy__distillation_ban=True).providers["cost"].sum()
    )
    assert cost < 50.0  # of the tokens 25, less what the student's attempts save


def test_a_teacher_that_costs_nothing_may_be_free():
    free = {
        "providers__Alibaba__cost_ratio": 0.0,
        "providers__Alibaba__pricing": {"kind": "cost_plus", "markup": 0.0},
    }
    result = run(**plan(when=0), **free, ticks=2)
    assert result.providers[["token_revenue", "cost"]].sum().tolist() == [0.0, 0.0]
    assert result.arbitrageurs["outlay"].sum() == pytest.approx(180.0)  # its training


def test_tiers_that_go_out_of_reach_count_for_nothing_in_the_decision():
    values = {
        "ticks": 4,
        "providers.DeepSeek.active_until": 2,
        "arbitrageurs.router.distillation": {
            "teacher": "gpt5mini",
            "tokens": 1e6,
            "token_price": 1e3,
            "training_price": 0.0,
        },
        "quality_tiers": {"min": 0.5, "max": 0.78, "count": 4},
        "consumers.teams.demand.quality": {"kind": "uniform", "low": 0.5, "high": 0.78},
        "consumers.teams.demand.budget": {"kind": "constant", "value": 5.0},
    }
    result = market.run(market.load("duopoly", set={**SMALL, **values}))
    trades = result.trades[result.trades["seller"] == "router-1"]
    top = trades[trades["quality"] == trades["quality"].max()].set_index("tick")["posted_price"]
    assert top[1] > 0
    assert math.isnan(top[2])  # its cascade's second model has left
    assert (result.arbitrageurs["outlay"] == 0).all()


def test_a_student_that_never_comes_moves_nothing_that_others_see():
    values = {
        "arbitrageurs.routers.routing": {"kind": "signal", "accuracy": 1.0, "types": 8},
        "policy.distillation_ban": True,
        "menu_points": 8,
        "remove": ["mini-coder", "Alibaba"],
    }
    without = market.load("swebench", set={**SMALL, "ticks": 3, **values})
    idle = type(without.arbitrageurs[0]).model_validate({"name": "idle", "awareness": 0.0})
    distillation = Distillation(
        teacher="deepseek", tokens=1e9, token_price=0.4, training_price=0.1, when=0
    )
    plans = (idle, idle.model_copy(update={"distillation": distillation}))
    without, planned = (
        market.run(
            without.model_copy(update={"arbitrageurs": (*without.arbitrageurs, group)})
        ).trades
        for group in plans
    )
    pd.testing.assert_frame_equal(without, planned)


def test_the_student_of_a_bankrupt_leaves_with_it():
    spec = market.load(
        "distillation",
        set={
            **SMALL,
            "ticks": 3,
            **plan(when=0, resale=0.1),
            "arbitrageurs.distiller.capital": 10.0,
        },
    )
    other = type(spec.arbitrageurs[0]).model_validate({"name": "other"})
    result = market.run(spec.model_copy(update={"arbitrageurs": (*spec.arbitrageurs, other)}))
    assert result.exits == {"distiller-1": 1}  # tokens and training cost more than its capital
    assert result.arbitrageurs.groupby("tick")["student_sales"].sum().gt(0).tolist() == [
        True,
        False,
        False,
    ]


def test_a_planner_may_not_use_a_student_that_is_banned():
    def planned(**more: object) -> market.RunResult:
        return run(ticks=4, **plan(when=0), **more)

    change = [{"name": "ban", "at": 2, "set": {"policy.distillation_ban": True}}]
    late, never = planned(interventions=change), planned(policy__distillation_ban=True)
    last = [
        result.market.set_index("tick")[["welfare", "efficiency"]].loc[3]
        for result in (late, never)
    ]
    assert last[0]["welfare"] / last[0]["efficiency"] == pytest.approx(
        last[1]["welfare"] / last[1]["efficiency"]
    )
