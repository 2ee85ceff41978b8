"""What learning cost, and when it had paid, read off the arbitrageurs' table."""

import numpy as np
import pandas as pd

from market.results.learning import learned


def table(profit: list[float], regret: list[float], outlay: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tick": range(len(profit)),
            "arbitrageur": "a-1",
            "profit": profit,
            "regret": regret,
            "outlay": outlay,
        }
    )


def test_it_is_profitable_once_it_has_earned_back_what_it_lost() -> None:
    found = learned(table([-5.0, 3.0, 1.0, 2.0], [1.0, 0.5, 0.25, 0.25], [4.0, 0.0, 0.0, 0.0]))
    assert found == {"a-1": {"cost_of_learning": 6.0, "ticks_to_profit": 3}}


def test_who_never_owes_is_profitable_at_once_and_who_does_in_the_end_never() -> None:
    nothing = [0.0, 0.0]
    assert learned(table([1.0, 1.0], nothing, nothing))["a-1"]["ticks_to_profit"] == 0
    assert learned(table([1.0, -2.0], nothing, nothing))["a-1"]["ticks_to_profit"] is None


def test_ticks_count_from_its_entry() -> None:
    late = table([0.0, 0.0, -1.0, 2.0], [np.nan, np.nan, 0.5, 0.5], [0.0, 0.0, 1.0, 0.0])
    assert learned(late)["a-1"] == {"cost_of_learning": 2.0, "ticks_to_profit": 1}


def test_of_those_who_do_not_learn_nothing_is_said() -> None:
    plain = table([1.0], [np.nan], [0.0])
    assert learned(plain) == {}
    assert learned(plain.drop(columns="regret")) == {}
