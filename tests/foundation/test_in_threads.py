import threading

import pytest

from market.foundation.in_threads import CHUNK, in_threads, loops_pay


@pytest.mark.parametrize("threads", ["1", "2", "3", "8"])
@pytest.mark.parametrize("chunks", [1, 2, 7])
def test_each_chunk_is_worked_on_once(monkeypatch, threads, chunks):
    monkeypatch.setenv("MARKET_THREADS", threads)
    done, lock = [], threading.Lock()

    def work(first: int, last: int) -> None:
        with lock:
            done.extend(range(first, last))

    in_threads(work, chunks)
    assert sorted(done) == list(range(chunks))


def test_what_goes_wrong_in_a_thread_is_raised(monkeypatch):
    monkeypatch.setenv("MARKET_THREADS", "2")

    def work(first: int, last: int) -> None:
        if first > 0:
            raise ValueError("in the other thread")

    with pytest.raises(ValueError, match="in the other thread"):
        in_threads(work, 2)


def test_few_rows_start_no_loops():
    assert not loops_pay(CHUNK)
