"""What is said of prices at rest: an equilibrium only where one was found."""

from market.findings import of_equilibrium

GRID = {"cycle": [[1.0, 1.1], [1.2, 0.9]], "mixed": True, "mean_price": [1.1, 1.0]}


def row(count=0, *, equilibrium=True, grid=None, price=(1.2, 0.9), mergers=(), settled=1.0):
    return {
        "arbitrageurs": count,
        "providers": ["A", "B"],
        "at": "rest",
        "rest": {
            "price": list(price),
            "equilibrium": equilibrium,
            "largest_gain": 0.0 if equilibrium else 0.025,
            "grid": grid,
        },
        "panel": {
            "quantity": [10.0, 20.0],
            "elasticity": [[-2.0, 1.0], [1.0, -3.0]],
            "surplus": 100.0,
        },
        "mergers": list(mergers),
        "arbitrageurs_at_rest": settled,
    }


def said(*rows):
    return of_equilibrium({"scenario": "s", "by_arbitrageurs": list(rows)}).text


def test_an_equilibrium_is_called_one():
    assert said(row()) == (
        "With no arbitrageur prices come to rest at 1.20 of list price (A) and 0.90 of list price "
        "(B): nobody gains by moving alone."
    )


def test_who_sells_nothing_has_no_price_worth_telling():
    alone = row()
    alone["panel"]["quantity"] = [10.0, 0.0]
    assert "come to rest at 1.20 of list price (A): nobody" in said(alone)


def test_where_there_is_none_the_gain_the_cycle_and_the_mixture_are_told():
    text = said(row(1, equilibrium=False, grid=GRID))
    assert "With 1 arbitrageur no prices were found from which nobody gains" in text
    assert "a best reply still gains 2.5% of profit" in text
    assert "a cycle of 2" in text
    assert "the mean prices in equilibrium are 1.10 (A) and 1.00 (B)" in text


def test_prices_that_nothing_beats_are_not_said_to_gain_nothing():
    best = row(1, equilibrium=False)
    best["rest"]["largest_gain"] = 0.0
    text = said(best)
    assert "no price that was tried pays anybody more than those at 1.20 of list price (A)" in text
    assert "gains" not in text


def test_small_moves_of_a_merger_have_a_decimal_and_no_minus_zero():
    merger = {
        "providers": ["A", "B"],
        "price": [1.2 * 1.012, 0.9],
        "consumer_surplus": -0.01,
        "equilibrium": True,
        "largest_gain": 0.0,
    }
    text = said(row(mergers=[merger]))
    assert "their prices would move by +1.2% and +0.0%, buyers' surplus by +0.0%." in text


def test_a_mixture_that_was_not_found_is_not_told():
    lost = GRID | {"mean_price": [float("nan")] * 2}
    assert "mix" not in said(row(1, equilibrium=False, grid=lost))


def test_numbers_of_arbitrageurs_are_compared():
    text = said(row(0), row(2, price=(1.2, 0.99)))
    assert "From no arbitrageur to 2 arbitrageurs, B's price moves by +10.0%" in text


def test_mergers_are_told_with_what_buyers_lose():
    merger = {
        "providers": ["A", "B"],
        "price": [1.8, 1.8],
        "equilibrium": True,
        "largest_gain": 0.0,
        "consumer_surplus": -25.0,
    }
    text = said(row(mergers=[merger]))
    assert "if A and B merged, their prices would move by +50% and +100%" in text
    assert "buyers' surplus by -25%." in text


def test_arbitrageurs_that_do_not_rest_are_told():
    assert "at 10% of the prices" in said(row(2, settled=0.9)).lower()
