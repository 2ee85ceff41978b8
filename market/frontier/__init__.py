"""What a solve rate costs: pass curves, cascades, the search for the cheapest, the market price.

It imports `population` and `foundation`, and is usable without a simulation.
"""

from market.frontier.appraisal import Appraisal, appraise
from market.frontier.budget_grid import build_tables
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.market_price import MarketPrice, margin, market_price
from market.frontier.pass_curves import CurveTables

__all__ = [
    "Appraisal",
    "Cascade",
    "CurveTables",
    "Frontier",
    "MarketPrice",
    "Mixture",
    "Stage",
    "appraise",
    "build_tables",
    "evaluate",
    "margin",
    "market_price",
    "solve_frontier",
]
