import threading

import pytest

from market.foundation.in_threads import CHUNK, answers_in_threads, in_threads, loops_pay


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


@pytest.mark.parametrize("threads", ["1", "3"])
def test_answers_come_in_order_and_few_are_begun_ahead(threads, monkeypatch):
    monkeypatch.setenv("MARKET_THREADS", threads)
    begun = []
    answers = answers_in_threads(lambda k: begun.append(k) or k * k, range(20), ahead=2)
    assert next(answers) == 0
    assert len(begun) <= 2 * int(threads)
    assert list(answers) == [k * k for k in range(1, 20)]


def test_an_error_in_a_thread_is_the_caller_s(monkeypatch):
    monkeypatch.setenv("MARKET_THREADS", "2")
    answers = answers_in_threads(lambda k: 1 / (k - 3), range(9), ahead=1)
    with pytest.raises(ZeroDivisionError):
        list(answers)
