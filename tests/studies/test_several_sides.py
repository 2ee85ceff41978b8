import json

import pandas as pd
import pytest

import market
from market.foundation.formats import letter
from market.studies.side_names import numbered, unlike


@pytest.fixture(scope="module")
def sides(short):
    none = short.arbitrageurs[0].model_copy(update={"count": 0})
    taxed = short.policy.model_copy(update={"routing_tax": 0.05})
    return (
        short,
        short.model_copy(update={"arbitrageurs": (none,)}),
        short.model_copy(update={"policy": taxed}),
    )


@pytest.fixture(scope="module")
def found(sides) -> market.Comparisons:
    return market.compare(*sides, replicates=2, jobs=1)


def test_each_side_is_compared_with_the_first_as_if_alone(found, sides):
    for pair, other in zip(found.pairs, sides[1:], strict=True):
        alone = market.compare(sides[0], other, replicates=2, jobs=1)
        for name, frame in alone.frames.items():
            pd.testing.assert_frame_equal(pair.frames[name], frame)


def test_frames_have_a_row_per_side_and_measure(found):
    measures = found.measures
    assert measures["side"].unique().tolist() == ["b", "c"]
    assert not measures.duplicated(["side", "measure"]).any()
    assert measures.groupby("measure")["a"].nunique().max() == 1


def test_a_side_of_the_first_s_name_says_what_it_sets(found, sides):
    name = sides[0].name
    assert found.names == (
        name,
        f"{name} with arbitrageurs.routers.count=0",
        f"{name} with policy.routing_tax=0.05",
    )


def test_a_saved_comparison_has_all_sides(found, sides, tmp_path):
    folder = found.save(tmp_path / "c")
    for s, spec in enumerate(sides):
        assert market.load(folder / f"{letter(s)}.toml") == spec
    assert json.loads((folder / "manifest.json").read_text())["comparison"] == list(found.names)
    found.save(folder, overwrite=True)


def test_firms_that_merge_on_one_side_are_told_together_on_all():
    small = {"ticks": 2, "consumers.teams.size": 60}
    alone = market.load("duopoly", set=small)
    names = [provider.name for provider in alone.providers]
    merged = market.load("duopoly", set={**small, "merge": names})
    found = market.compare(alone, alone, merged, replicates=1, jobs=1, resample=False)
    owners = found.agents[found.agents["role"] == "owner"]
    assert set(owners["side"]) == {"b", "c"}
    assert set(owners["name"]) == {" + ".join(names)}


def test_letters_of_sides_go_on_after_z():
    assert [letter(s) for s in (0, 25, 26, 52)] == ["a", "z", "aa", "ba"]


def test_a_name_that_is_there_already_has_a_number():
    assert numbered(["x", "y", "x", "x"]) == ("x", "y", "x (2)", "x (3)")


def test_sides_that_differ_in_rules_alone_are_alike(sides):
    assert unlike(sides) == ()


def test_ticks_seeds_and_sizes_make_sides_unlike(short):
    segment = short.consumers[0].model_copy(update={"size": 7, "queries_per_tick": 2.5})
    other = short.model_copy(update={"ticks": 1, "seed": 4, "consumers": (segment,)})
    said = unlike((short, other, short))
    assert f"ticks: {short.ticks} in A, 1 in B, {short.ticks} in C" in said
    assert "seed: 1 in A, 4 in B, 1 in C" in said
    assert f"size of teams: {short.consumers[0].size} in A, 7 in B, 60 in C" in said
    assert "queries per tick of teams: 1 in A, 2.5 in B, 1 in C" in said
