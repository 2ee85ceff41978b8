import subprocess
import sys

import numpy as np

from market.streams import Streams


def test_the_same_key_opens_the_same_stream():
    one, two = (Streams(7).generator("tastes", "teams/OpenAI", 3).random(5) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_seed_purpose_name_and_tick_each_change_the_stream():
    keys = [
        (1, "a", "b", 2),
        (2, "a", "b", 2),
        (1, "x", "b", 2),
        (1, "a", "x", 2),
        (1, "a", "b", 3),
    ]
    keys += [(1, "a", "b", None), (1, "ab", "", 2), (1, "", "ab", 2)]
    draws = {Streams(seed).generator(*rest).random() for seed, *rest in keys}
    assert len(draws) == len(keys)


def test_streams_do_not_depend_on_the_process():
    code = "from market.streams import Streams; print(Streams(3).generator('p', 'n', 4).random())"
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert float(other) == Streams(3).generator("p", "n", 4).random()
