"""Money of free attempts in tables: 0, and not the floor that a logarithm needs."""

from collections.abc import Mapping
from typing import Any

from market.measures.labels import MEASURES
from market.population.free_attempts import shown_money

_COLUMNS = frozenset(name for name, known in MEASURES.items() if known.money) | {
    *("direct_revenue", "resale_revenue", "fitting_revenue", "token_revenue", "cost"),
    *("marginal_revenue", "marginal_revenue_capability", "spend", "student_sales", "tax"),
    *("outlay", "balance", "regret", "paid", "list_spend", "posted_price", "imbalance"),
}
_TO_PROVIDER = "to:"  # begins the columns of what goes to a provider


def with_free_as_zero(block: Mapping[str, Any], unseen: float) -> Mapping[str, Any]:
    """Columns in which US dollars below `unseen` are 0; the block itself where nothing is free."""
    if unseen == 0:
        return block
    return {
        name: shown_money(values, unseen)
        if name in _COLUMNS or name.startswith(_TO_PROVIDER)
        else values
        for name, values in block.items()
    }
