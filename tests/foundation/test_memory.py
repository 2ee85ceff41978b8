"""What is remembered up to a size."""

import numpy as np

from market.foundation.memory import Remembered, array_bytes


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    memory = Remembered[str, int](10)
    for name in "abc":
        memory.keep(name, ord(name), 3)
    assert memory.get("a") == ord("a")
    memory.keep("d", 0, 3)
    assert [memory.get(name) is None for name in "abcd"] == [False, True, False, False]


def test_what_takes_more_than_all_the_room_is_kept_alone():
    memory = Remembered[str, int](10)
    memory.keep("small", 1, 3)
    memory.keep("large", 2, 50)
    assert (len(memory), memory.get("large")) == (1, 2)


def test_a_value_that_is_replaced_takes_its_room_once():
    memory = Remembered[str, int](10)
    memory.keep("a", 0, 5)
    for value in range(5):
        memory.keep("b", value, 5)
    assert (memory.get("a"), memory.get("b")) == (0, 4)
    memory.clear()
    assert len(memory) == 0


def test_what_grows_is_weighed_again():
    memory = Remembered[str, list[int]](10)
    small, grown = [1], [2]
    memory.keep("small", small, len(small))
    memory.keep("grown", grown, len(grown))
    grown.extend(range(20))
    memory.weigh(len)
    assert memory.nbytes == 22
    memory.keep("last", [3], 1)
    assert [memory.get(name) is None for name in ("small", "grown", "last")] == [True, True, False]


def test_arrays_of_an_object_that_is_named_twice_count_once():
    from types import SimpleNamespace

    held = SimpleNamespace(one=np.zeros(3), other=np.zeros(2), name="no array")
    assert array_bytes(held, held) == 40
