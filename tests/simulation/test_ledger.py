import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.foundation.errors import ConservationError
from market.results.payments import Payment
from market.simulation.ledger import Ledger, check_equal

payments = st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.floats(0, 1e9))


def test_a_payment_moves_money_from_payer_to_payee():
    ledger = Ledger(["a", "b"])
    ledger.post([Payment("a", "b", "attempts", 2.5)])
    assert (ledger.balance("a"), ledger.balance("b")) == (-2.5, 2.5)
    assert ledger.check() == 0


@given(st.lists(payments))
def test_balances_always_sum_to_zero(moves):
    ledger = Ledger("abc")
    ledger.post(Payment(payer, payee, "attempts", dollars) for payer, payee, dollars in moves)
    assert ledger.check() <= 1e-9


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf")])
def test_what_is_no_amount_of_money_is_a_breach(amount):
    with pytest.raises(ConservationError, match="not an amount"):
        Ledger("ab").post([Payment("a", "b", "attempts", amount)])


def test_balances_that_no_longer_sum_to_zero_are_a_breach():
    ledger = Ledger("ab")
    ledger.post([Payment("a", "b", "attempts", 1e308)] * 2)  # more than a float can hold
    with pytest.raises(ConservationError, match="balances sum to"):
        ledger.check()


def test_two_ways_to_the_same_sum_must_agree():
    assert check_equal("x", 1.0, 1.0 + 1e-12) <= 1e-9
    assert check_equal("x", 0.0, 0.0) == 0
    with pytest.raises(ConservationError, match=r"x: 1\.0 and 1\.001"):
        check_equal("x", 1.0, 1.001)
    with pytest.raises(ConservationError):
        check_equal("x", 1.0, float("nan"))


def test_account_names_do_not_repeat():
    with pytest.raises(ValueError, match="repeat"):
        Ledger(["a", "a"])
