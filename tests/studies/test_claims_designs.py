"""The designs: what is assumed, and which markets are compared."""

from dataclasses import asdict

import pytest

from market.scenario.files import load
from market.studies.claims import CLAIMS, Contrast
from market.studies.claims.assumptions import BASE, COLUMNS, Assumptions, across
from market.studies.claims.experiments import ClaimMarket
from market.studies.claims.markets import DEMANDS, with_resellers, with_rivals
from market.studies.claims.moved import before

CONTRASTS = [e for claim in CLAIMS for e in claim.experiments if isinstance(e, Contrast)]
COUNTED = [e for e in CONTRASTS if not e.by_construction]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.short)
def test_every_market_loads_under_every_column_in_which_it_is_asked(claim):
    for experiment in claim.experiments:
        if isinstance(experiment, Contrast):
            for assumptions in (BASE, *(COLUMNS[name][1] for name in experiment.columns)):
                for side in experiment.sides(assumptions):
                    load(side.scenario, set={"perturb_every": "never", **side.set})


def test_each_experiment_says_what_refutes_it_or_why_nothing_can():
    for claim in CLAIMS:
        for experiment in claim.experiments:
            assert bool(experiment.refuted_by) != bool(experiment.by_construction), experiment.says


def test_both_kinds_of_demand_are_asked():
    assert {e.demand for e in COUNTED} == set(DEMANDS)


def test_price_sensitivity_is_tried_in_full_under_both_kinds_of_demand():
    for experiment in COUNTED:
        assert {"β 0.1", "β 1.1", "β 1.8"} <= set(experiment.columns), experiment.says


def test_no_experiment_that_counts_has_a_least_margin_or_a_scripted_fee():
    for experiment in COUNTED:
        for side in experiment.sides():
            if side.asks == "learning":  # whose page says that arbitrageurs undercut by rule
                continue
            for group in load(side.scenario, set=side.set).arbitrageurs:
                if group.count and "pricing" in str(side.set):
                    told = group.pricing.model_dump()
                    assert (told["kind"], told["min_margin"]) == ("best_response", 0)


def test_each_column_changes_one_assumption():
    for name, (_, assumptions) in COLUMNS.items():
        changed = [key for key, value in asdict(assumptions).items() if value != asdict(BASE)[key]]
        assert len(changed) == 1, name


@pytest.mark.parametrize("reach", [0.3, 0.8, 1.0])
@pytest.mark.parametrize("count", [1, 2, 6])
def test_as_many_buyers_are_reached_whatever_the_number_of_arbitrageurs(reach, count):
    missed = (1 - Assumptions(reach=reach).awareness(count)) ** count
    assert 1 - missed == pytest.approx(reach)


def test_a_market_without_arbitrageurs_is_the_same_whatever_they_would_do():
    none = with_resellers("fixed needs", 0)
    assert none.under(COLUMNS["undercut"][1]) == none.under(COLUMNS["reach .3"][1])


def test_the_better_informed_and_its_rival_are_known_alike_and_price_alike():
    market = with_rivals({"accuracy": 1.0}, {"accuracy": 0.0}).under(BASE)
    informed, other = load(market.scenario, set=market.set).arbitrageurs
    assert informed.model_copy(update={"name": other.name, "routing": other.routing}) == other
    assert informed.routing != other.routing


def test_a_market_that_varies_with_nothing_is_the_same_under_all_assumptions():
    market = ClaimMarket("duopoly")
    assert market.under(COLUMNS["β 0.1"][1]) is market


def test_one_arbitrageur_is_not_asked_about_tastes_for_several():
    assert not {"alike", "unlike"} & set(across("fixed needs", several=False))


def test_every_claim_of_version_0_1_has_what_was_found_of_it():
    new = {
        "the margin survives weak tests",
        "buyers' own routers take the margin",
        "hosts compete an open model's price down",
        "arbitrage weakens a merger",
        "arbitrage dampens the incentive to improve",
        "arbitrage breaks learned collusion",
        "the first mover's data keep entrants out",
    }
    assert len(before()) == len([claim for claim in CLAIMS if claim.short not in new])
    assert sum(sum(claim.verdicts) for claim in before()) == 56
