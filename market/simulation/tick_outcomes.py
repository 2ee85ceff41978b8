"""What a tick of the market comes to: payments, measures and balances."""

from typing import TYPE_CHECKING

import numpy as np

from market.results.flows import Outlays, QueryLog, SegmentFlow
from market.results.payments import Payments
from market.results.tick_outcome import TickOutcome
from market.simulation.counterfactuals import counterfactuals
from market.simulation.learning import expected_regret
from market.simulation.settlement import settle

if TYPE_CHECKING:
    from market.simulation.model import MarketModel


def outcome_of(
    model: "MarketModel",
    flows: tuple[SegmentFlow, ...],
    logs: tuple[QueryLog, ...],
    outlays: Outlays,
) -> TickOutcome:
    """Move a tick's money, and measure the tick.

    Parameters
    ----------
    model
        The market, once its queries are served.
    flows, logs
        Of each segment: what was served, and a log of queries where they are recorded.
    outlays
        What arbitrageurs bought for themselves.

    Raises
    ------
    ConservationError
        An identity is off by more than 1e-9.
    """
    fixed_cost = np.zeros(len(model.roster.providers))
    fixed_cost[[p.index for p in model.providers]] = [p.spec.fixed_cost for p in model.providers]
    levers, prices = model.rules.policy, model.wholesale
    payments = Payments.of(
        model.roster, flows, prices.listing, prices.share, outlays, levers, fixed_cost
    )
    active = np.zeros(len(model.roster.sellers), dtype=bool)
    active[[seller.index for seller in model.in_market]] = True
    active[[router.index for router in model.own_routers if router.spec is not None]] = True
    return TickOutcome(
        tick=model.tick,
        roster=model.roster,
        wholesale_price=prices.listing,
        host_share=prices.share,
        posted=model.posted.at_tiers(),
        index=model.indexed_prices.index(model),
        flows=flows,
        payments=payments,
        active=active,
        expected_revenue=model.expected_revenue.of(model),
        counterfactuals=counterfactuals(model),
        efficiency=model.planner.efficiency(model) if model.measured else float("nan"),
        imbalance=settle(model.ledger, payments, flows),
        balances=np.array([model.ledger.balance(name) for name in model.roster.arbitrageurs]),
        provider_balances=np.array([model.ledger.balance(p) for p in model.roster.providers]),
        queries=logs,
        regret=expected_regret(model),
    )
