"""Digests of what values hold."""

from dataclasses import dataclass

import numpy as np
import pytest

from market.foundation.content_digest import content_digest


@dataclass(frozen=True)
class Pair:
    a: object
    b: object


UNLIKE = [
    (),
    ((),),
    (None,),
    ("None",),
    ("ab", "c"),
    ("a", "bc"),
    (("a", "b"), "c"),
    (1,),
    (1.0,),
    (True,),
    ("1",),
    (b"1",),
    (0.0,),
    (-0.0,),
    (np.nextafter(1.0, 2.0),),
    (np.zeros(4),),
    (np.zeros((2, 2)),),
    (np.zeros(4, dtype=np.int64),),
    (np.zeros(4, dtype=np.float32),),
    ({"a": 1, "b": 2},),
    ({"b": 2, "a": 1},),
    (Pair(1, None),),
    (Pair(None, 1),),
    (Pair(np.zeros(2), {"a": np.ones(1)}),),
    (Pair(np.zeros(2), {"a": np.zeros(1)}),),
]


def test_unlike_values_have_unlike_digests():
    assert len({content_digest(*values) for values in UNLIKE}) == len(UNLIKE)


def test_equal_content_has_one_digest_however_it_lies_in_memory():
    array = np.arange(12.0).reshape(3, 4)
    assert content_digest(array.T) == content_digest(array.T.copy())


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([None]), Pair(1, print)])
def test_what_has_no_content_that_could_be_told_is_refused(value):
    with pytest.raises(TypeError, match="no digest"):
        content_digest(value)
