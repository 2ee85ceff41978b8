"""What holds in every market with a verifier: small ones, generated."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from expected_measures import Expected, as_called, at_the_end
from hypothesis import given
from hypothesis import strategies as st
from other_money import scaled, scaled_records
from small_markets import (
    RECORDED,
    TICKS,
    alike,
    fewer,
    makers,
    quick_routings,
    recorded,
    resellers,
    segments,
    written,
)

import market
from market.simulation.model import MarketModel

CALLED = {"small": "zeta", "middle": "alpha", "large": "mid"}
tables = st.fixed_dictionaries(
    {
        "false_accept": st.sampled_from([0.0, 0.1, 0.4]),
        "false_reject": st.sampled_from([0.0, 0.2]),
        "price": st.sampled_from([0.0, 0.001]),
    }
)
verifiers = st.builds(
    lambda of, wrong: of | {"wrong_answer_cost": wrong}, tables, st.sampled_from([0.0, 0.02])
).filter(lambda of: any(of[name] for name in ("false_accept", "false_reject", "price")))
own = st.none() | st.just("none") | tables
pytestmark = pytest.mark.filterwarnings("ignore::market.foundation.errors.MarketWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("records"), {name: name for name in RECORDED})


@pytest.fixture(scope="module")
def other_names(tmp_path_factory) -> Path:
    called = {CALLED[name]: name for name in RECORDED}
    return written(tmp_path_factory.mktemp("renamed"), called)


def of(verifier, buyers, routers) -> dict[str, object]:
    return {"verifier": verifier, "consumers": buyers, "arbitrageurs": routers}


def like(one: Expected, other: Expected, name=lambda name: name) -> None:
    for values in ("queries", "paid", "revenue"):
        first, second = (as_called(getattr(side, values), name) for side in (one, other))
        assert second == pytest.approx(first, rel=1e-9, abs=1e-12 * sum(first.values()))
    assert other.index == pytest.approx(one.index, rel=1e-9, nan_ok=True)


@fewer
@given(
    makers(),
    segments(verifier=own),
    resellers(routing=quick_routings),
    verifiers,
    st.sampled_from([0.0, 0.1]),
)
def test_money_is_conserved_and_no_market_does_better_than_the_planner(
    folder, sold, buyers, routers, verifier, tax
):
    spec = recorded(folder, sold, of(verifier, buyers, routers), {"policy.routing_tax": tax})
    model = MarketModel(spec)
    for _ in range(TICKS):
        model.step()
    result = model.recorder.result()
    table, moved = result.market, max(model.ledger.turnover, 1.0)
    assert abs(sum(model.ledger.balance(a) for a in model.ledger.accounts)) <= 1e-9 * moved
    outside = result.providers["cost"].sum() + table["verification_cost"].sum()
    assert abs(model.ledger.balance("outside") - outside) <= 1e-9 * moved
    assert not (table["efficiency"] > 1 + 1e-12).any()
    parts = ["consumer_surplus", "producer_surplus", "arbitrageur_surplus", "tax_revenue"]
    off = (table[parts].sum(axis=1) - table["welfare"]).abs()
    assert (off <= 1e-12 * table[parts].abs().sum(axis=1)).all()
    assert not (table["accepted_rate"] < table["solve_rate"]).any()


@fewer
@given(
    makers(),
    segments(alike, switching_cost=st.just(0.0), verifier=own),
    resellers(1, routing=quick_routings),
    verifiers,
    st.permutations(list(RECORDED)),
)
def test_neither_order_nor_names_decide_anything(
    folder, other_names, sold, buyers, routers, verifier, order
):
    parts = of(verifier, buyers, routers)
    one = at_the_end(recorded(folder, sold, parts))
    renamed = at_the_end(recorded(other_names, {CALLED[name]: sold[name] for name in order}, parts))
    called = {f"maker of {new}": f"maker of {old}" for old, new in CALLED.items()}
    like(Expected.of(one), Expected.of(renamed), lambda name: called.get(name, name))


@fewer
@given(makers(), segments(alike, switching_cost=st.just(0.0), verifier=own), verifiers)
def test_it_does_not_matter_how_buyers_are_split(folder, sold, buyers, verifier):
    whole = [part | {"size": 30} for part in buyers]
    thirds = [p | {"name": f"{p['name']}{t}", "size": 10} for p in buyers for t in "abc"]
    like(
        *(
            Expected.of(at_the_end(recorded(folder, sold, of(verifier, split, []))))
            for split in (whole, thirds)
        )
    )


@fewer
@given(
    makers(),
    segments(verifier=own),
    resellers(1, routing=quick_routings),
    verifiers,
    st.sampled_from([2.0**20, 2.0**-30]),
)
def test_what_a_dollar_is_worth_changes_no_digit(folder, sold, buyers, routers, verifier, factor):
    spec = recorded(folder, sold, of(verifier, buyers, routers))
    with TemporaryDirectory() as place:
        records = scaled_records(folder, factor, Path(place) / "records")
        other = scaled(spec, factor)
        source = other.population.model_copy(update={"folder": str(records)})
        two = market.run(other.model_copy(update={"population": source}))
    one = market.run(spec)
    for name, frame in one.tables.items():
        for column in frame.columns:
            x, y = frame[column], two.tables[name][column]
            same = x.equals(y) or (x.dtype == np.float64 and (x * factor).equals(y))
            assert same, f"{name}.{column}"


@fewer
@given(makers(), segments(verifier=own), verifiers)
def test_arbitrageurs_lower_no_buyers_surplus(folder, sold, buyers, verifier):
    routers = [{"name": "group", "count": 1, "awareness": 1.0}]
    specs = [recorded(folder, sold, of(verifier, buyers, a)) for a in ([], routers)]
    one, two = (MarketModel(spec, specs[0]) for spec in specs)
    for _ in range(TICKS):
        one.step()
        two.step()
        before, after = (
            np.concatenate([segment.bought.surplus for segment in model.segments])
            for model in (one, two)
        )
        assert (after >= before - 1e-12 * before.max()).all()
