import subprocess
import sys

import numpy as np

from market.foundation.random_streams import Streams


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
    code = (
        "from market.foundation.random_streams import Streams; "
        "print(Streams(3).generator('p', 'n', 4).random())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert float(other) == Streams(3).generator("p", "n", 4).random()


def test_streams_of_neighbouring_ticks_and_seeds_are_unrelated():
    draws = np.array(
        [Streams(s).generator("p", "n", t).random(4000) for s in (1, 2) for t in (0, 1)]
    )
    between = np.corrcoef(draws)[np.triu_indices(4, 1)]
    assert np.abs(between).max() < 4 / np.sqrt(4000)


def test_a_seed_digest_gives_as_many_words_as_are_asked():
    first = Streams(1).generator("p").bit_generator.seed_seq
    assert first.generate_state(4, np.uint64).dtype == np.uint64
    assert len(set(first.generate_state(8, np.uint32).tolist())) == 8
