"""Published figures by name: value and tolerance (arXiv:2603.22404, SWE-bench Verified).

Tolerances are absolute. They cover rounding in print and single precision in the released code;
those of the fitting budget also cover the draws, which are other draws here.
"""

from collections.abc import Mapping
from types import MappingProxyType

PUBLISHED: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "two_models.max_margin": (0.411, 0.003),
        "two_models.mean_margin": (0.1986, 0.002),
        "two_models.threshold": (0.0812, 0.0005),
        "two_models.arbitrage_cost_per_500": (78.7, 0.4),
        "two_models.market_price_per_500": (118.4, 0.6),
        "two_models.highest_solve_rate.gpt5mini": (0.7398, 0.001),
        "two_models.highest_solve_rate.deepseek": (0.7549, 0.001),
        "two_models.cascade_solve_rate": (0.786, 0.002),
        "price_competition.final_price_per_500": (78.7, 0.4),
        "revenue.mean_change": (0.801, 0.005),
        "revenue.lowest_change": (0.589, 0.005),
        "revenue.share_without.gpt5mini": (0.0, 0.01),
        "revenue.share_without.deepseek": (1.0, 0.01),
        "revenue.share_with.gpt5mini": (0.18, 0.01),
        "revenue.share_with.deepseek": (0.49, 0.01),
        "revenue.share_with.arbitrageur": (0.33, 0.01),
        "six_models.thresholds": (14526, 0.0),
        "six_models.max_margin": (0.563, 0.005),
        "six_models.mean_margin": (0.139, 0.003),
        "six_models.pair_max_margin": (0.458, 0.005),
        "six_models.pair_mean_margin": (0.046, 0.005),
        "six_models.share_without.minicoder4b": (0.20, 0.01),
        "six_models.share_without.qwen3-coder-30b": (0.04, 0.01),
        "six_models.share_without.qwen3-coder-480b": (0.0, 0.01),
        "six_models.share_without.gpt5mini": (0.63, 0.01),
        "six_models.share_without.deepseek": (0.13, 0.01),
        "six_models.share_without.sonnet": (0.0, 0.01),
        "six_models.share_with.minicoder4b": (0.285, 0.01),
        "six_models.share_with.qwen3-coder-30b": (0.075, 0.01),
        "six_models.share_with.gpt5mini": (0.461, 0.01),
        "six_models.share_with.deepseek": (0.040, 0.01),
        "six_models.share_with.arbitrageur": (0.139, 0.01),
        "distillation.70M": (0.036, 0.005),
        "distillation.200M": (0.058, 0.005),
        "distillation.600M": (0.115, 0.005),
        "distillation.1.8B": (0.231, 0.005),
        "distillation.5.4B": (0.276, 0.005),
        "entry.qwen3-coder-30b": (0.0244, 0.0005),
        "entry.minicoder4b": (0.0103, 0.0005),
        "fitting_budget.1": (0.024, 0.03),
        "fitting_budget.3": (0.092, 0.03),
        "fitting_budget.5": (0.141, 0.03),
        "fitting_budget.10": (0.186, 0.03),
        "fitting_budget.30": (0.205, 0.03),
        "fitting_budget.100": (0.222, 0.03),
        "fitting_budget.1000": (0.239, 0.03),
        "fitting_budget.fit_on_django.10": (0.1245, 0.04),
        "fitting_budget.fit_on_django.1000": (0.1189, 0.04),
        "fitting_budget.fit_on_others.10": (0.2101, 0.04),
        "fitting_budget.fit_on_others.1000": (0.2878, 0.04),
    }
)
