import numpy as np
import pytest

from market.foundation.errors import DataError
from market.paper.fitted_margins import fit_and_judge, fitting_budget


def test_fitted_margins_repeat_and_a_further_budget_moves_no_other(lively):
    def run(counts):
        return fit_and_judge(lively, lively, counts, top_counts=True, seed=4)

    first, second = run({1: 5}), run({3: 2, 1: 5})
    assert first[0].margins.tolist() == second[1].margins.tolist()


def test_a_split_needs_problems_on_both_sides(lively):
    with pytest.raises(DataError, match="0 of 60 problems are of the domain 'django'"):
        fitting_budget(lively, np.zeros(60, dtype=bool), {1: 1}, {1: 1})
