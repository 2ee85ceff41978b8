"""Numbers of things in words."""

from market.measures.counted import counted


def test_one_thing_is_singular_and_none_is_no_thing():
    assert [counted(n, "seed") for n in (0, 1, 2)] == ["no seed", "1 seed", "2 seeds"]
