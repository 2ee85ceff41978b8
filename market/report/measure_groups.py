"""Measures by the question that they answer."""

from collections.abc import Mapping
from types import MappingProxyType

QUESTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "What happens to prices?": ("price_index", "price_per_query", "price_per_solution"),
        "Who earns?": (
            "provider_profit",
            "revenue_per_query",
            "arbitrage_profit",
            "arbitrage_share",
        ),
        "What do buyers get?": ("consumer_surplus", "solve_rate", "served_share"),
        "How concentrated is the market?": (
            "segmentation",
            "effective_providers",
            "small_provider_share",
        ),
        "What does society gain?": ("welfare", "efficiency", "tax_revenue"),
    }
)
"""Measures of a study, a few for each question, in the order in which they are read."""
