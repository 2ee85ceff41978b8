"""Accuracies of an abstract signal that are worth as much as what a router sees."""

import numpy as np
import pytest

from market.frontier.signal_equivalent import accuracies_within

ACCURACY = np.array([0.0, 0.5, 1.0])
MARGIN = np.array([0.1, 0.2, 0.4])


@pytest.mark.parametrize(
    ("margins", "accuracies"),
    [
        ((0.2, 0.3), (0.5, 0.75)),
        ((0.3, 0.15), (0.25, 0.75)),  # in either order
        ((0.05, 0.15), (0.0, 0.25)),
        ((0.3, 0.9), (0.75, 1.0)),
        ((0.0, 0.05), (0.0, 0.0)),
        ((0.4, 0.4), (1.0, 1.0)),
    ],
)
def test_accuracies_are_where_the_line_lies_within_the_margins(margins, accuracies):
    assert accuracies_within(ACCURACY, MARGIN, margins) == pytest.approx(accuracies)


@pytest.mark.parametrize("margins", [(0.5, 0.6), (float("nan"), 0.2)])
def test_no_accuracy_is_worth_more_than_the_highest_or_what_is_not_known(margins):
    assert accuracies_within(ACCURACY, MARGIN, margins) is None


def test_an_accuracy_that_earns_less_than_a_lower_one_counts_as_the_lower():
    assert accuracies_within(ACCURACY, np.array([0.1, 0.3, 0.2]), (0.2, 0.3)) == pytest.approx(
        (0.25, 1.0)
    )
