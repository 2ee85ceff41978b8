"""Charts: plain functions from tidy frames to Plotly figures.

They see data frames only: those of a run, of a study, of a comparison, and those that
:func:`frontier_costs` and :func:`frontier_shares` make of a frontier.
"""

from market.charts.colours import Colours
from market.charts.comparisons import changes, winners_and_losers
from market.charts.costs import cost_by_solve_rate, margin_by_solve_rate, revenue_shares
from market.charts.dark import dark_colours
from market.charts.distillation import distillation_profit
from market.charts.equilibrium import equilibrium_chart, equilibrium_frames
from market.charts.fit import fit_chart, fit_frames
from market.charts.flows import segmentation_map, who_buys_from_whom
from market.charts.frames import (
    by_problems,
    frontier_costs,
    frontier_shares,
    last_quarter,
    menu_costs,
    tier_revenue,
    verifier_margins,
)
from market.charts.learning import learning_by_value_chart, learning_chart, learning_frames
from market.charts.mode_bar import Chart, file_name, mode_bar
from market.charts.of_answers import answer_chart
from market.charts.own_routing import build_or_buy, routing_cost_varied
from market.charts.paper import (
    margin_by_fitting_budget,
    margins_compared,
    paper_costs,
    paper_fits,
    paper_shares,
    paper_students,
    published_figures,
)
from market.charts.provider_prices import prices_move, provider_prices
from market.charts.regret import regret_chart, regret_frame
from market.charts.release import release_chart, release_frames
from market.charts.routers import require_chart, router_chart, router_costs, write_chart
from market.charts.small import small_by_parameter
from market.charts.studies import measure_by_parameter, sensitivity_bars, varied
from market.charts.template import TEMPLATE
from market.charts.tick_player import tick_player
from market.charts.ticks import agents_over_ticks, measures_over_ticks, price_war
from market.charts.verifiers import margin_by_verifier

__all__ = [
    "TEMPLATE",
    "Chart",
    "Colours",
    "agents_over_ticks",
    "answer_chart",
    "build_or_buy",
    "by_problems",
    "changes",
    "cost_by_solve_rate",
    "dark_colours",
    "distillation_profit",
    "equilibrium_chart",
    "equilibrium_frames",
    "file_name",
    "fit_chart",
    "fit_frames",
    "frontier_costs",
    "frontier_shares",
    "last_quarter",
    "learning_by_value_chart",
    "learning_chart",
    "learning_frames",
    "margin_by_fitting_budget",
    "margin_by_solve_rate",
    "margin_by_verifier",
    "margins_compared",
    "measure_by_parameter",
    "measures_over_ticks",
    "menu_costs",
    "mode_bar",
    "paper_costs",
    "paper_fits",
    "paper_shares",
    "paper_students",
    "price_war",
    "prices_move",
    "provider_prices",
    "published_figures",
    "regret_chart",
    "regret_frame",
    "release_chart",
    "release_frames",
    "require_chart",
    "revenue_shares",
    "router_chart",
    "router_costs",
    "routing_cost_varied",
    "segmentation_map",
    "sensitivity_bars",
    "small_by_parameter",
    "tick_player",
    "tier_revenue",
    "varied",
    "verifier_margins",
    "who_buys_from_whom",
    "winners_and_losers",
    "write_chart",
]
