"""Market price, arbitrage cost, margin and revenue shares by solve rate."""

from dataclasses import dataclass

import numpy as np

from market.foundation.arrays import BoolArray, FloatArray
from market.foundation.errors import DataError
from market.frontier.cascade import Cascade, Mixture, Stage, evaluate_mixture
from market.frontier.frontier import Frontier, solve_frontier
from market.frontier.least_spend import least_spend
from market.frontier.pass_curves import CurveTables


@dataclass(frozen=True)
class MarketPrice:
    """What a solve rate costs from each model alone, and from the cheapest.

    Where a verifier errs or costs, the dollars include checks and what wrong answers cost a buyer.

    Attributes
    ----------
    quality
        [G] wanted solve rates.
    cost
        [M, G] C_m(u) = μ_m·S_m(U_m⁻¹(u)), US dollars per query; infinite where m cannot reach u.
    price
        [G] C(u) = min over models; infinite where no model reaches u.
    max_quality
        [M] highest solve rate of each model on the budget grid.
    policies
        M rows of G: how the model is bought; None where it cannot reach.
    """

    quality: FloatArray
    cost: FloatArray
    price: FloatArray
    max_quality: FloatArray
    policies: tuple[tuple[Mixture | None, ...], ...]


def market_price(
    tables: CurveTables, quality: FloatArray, price: FloatArray | None = None
) -> MarketPrice:
    """Price each model alone at the wanted solve rates.

    Parameters
    ----------
    tables
        Curves on the budget grid.
    quality
        [G] solve rates.
    price
        [M] price multipliers, all 1 if None; infinite where a model is not for sale.
    """
    multipliers = np.ones(len(tables.models)) if price is None else price
    target = np.asarray(quality, dtype=np.float64)
    models, sold = range(len(tables.models)), np.isfinite(multipliers)
    curves = [tables.mean_curves(m) for m in models]
    solved, spend = (np.stack(part) for part in zip(*curves, strict=True))
    if tables.beside is None:
        crossing = least_spend(solved, spend, target)
        factor = multipliers[:, None]
    else:
        paid = np.where(sold, multipliers, 1.0).tolist()
        bills = np.stack([tables.mean_cost(m, paid[m])[1] for m in models])
        crossing = least_spend(solved, bills, target)
        factor = np.where(sold, 1.0, np.inf)[:, None]
    with np.errstate(invalid="ignore"):
        cost = np.where(np.isfinite(crossing.spend), factor * crossing.spend, np.inf)
    policies = []
    for m, model in enumerate(tables.models):
        row: list[Mixture | None] = []
        for g in range(len(target)):
            if not np.isfinite(cost[m, g]):
                row.append(None)
                continue
            low, high = (
                Cascade((Stage(model, float(tables.budget[m, b])),))
                for b in (crossing.low[m, g], crossing.high[m, g])
            )
            row.append(Mixture(low, high, float(crossing.share[m, g])))
        policies.append(tuple(row))
    return MarketPrice(
        target,
        cost,
        cost.min(axis=0),
        solved.max(axis=1),
        tuple(policies),
    )


def margin(price: FloatArray, cost: FloatArray) -> FloatArray:
    """(C(u) − K(u))⁺ / C(u), the share of the market price that arbitrage could keep.

    NaN where there is no market price, or it is 0.

    Parameters
    ----------
    price, cost
        [G] market price C and arbitrage cost K.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(price), np.maximum(price - cost, 0) / price, np.nan)


def margin_summary(margins: FloatArray) -> dict[str, float]:
    """Give the highest and the mean of the margins [G] that are known; NaN if none is."""
    known = margins[np.isfinite(margins)]
    return {
        "max_margin": float(known.max()) if len(known) else float("nan"),
        "mean_margin": float(known.mean()) if len(known) else float("nan"),
    }


@dataclass(frozen=True)
class RevenueShares:
    """Who earns what share of the market price, by solve rate.

    Attributes
    ----------
    without
        [M, G] without arbitrage: the cheapest model earns all; several that are as cheap, alike.
    with_arbitrage
        [M, G] with it: each model's expected spend in the chosen cascade over C(u).
    arbitrageur
        [G] (C(u) − K(u)) / C(u). NaN, as all shares, where there is no market price, or it is 0.
    beside, beside_with
        [G] checks and what wrong answers cost, without and with arbitrage; 0 without a verifier.
    """

    without: FloatArray
    with_arbitrage: FloatArray
    arbitrageur: FloatArray
    beside: FloatArray
    beside_with: FloatArray

    @classmethod
    def of(
        cls,
        tables: CurveTables,
        market: MarketPrice,
        frontier: Frontier,
        price: FloatArray | None = None,
        direct: CurveTables | None = None,
    ) -> "RevenueShares":
        """Work out the shares of one population (design of arXiv:2603.22404, fig. 3).

        Parameters
        ----------
        tables
            Curves on the budget grid.
        market, frontier
            Market price and arbitrage cost at the same [G] solve rates and prices.
        price
            [M] the price multipliers of both; all 1 if None.
        direct
            Curves of the market price, where those who buy directly have another verifier.
        """
        multipliers = np.ones(len(tables.models)) if price is None else price
        alone = tables if direct is None else direct
        models, points = market.cost.shape
        without = np.full((models, points), np.nan)
        shares = np.full((models, points), np.nan)
        beside, beside_with = np.full((2, points), np.nan)
        for g in range(points):
            policy = frontier.policies[g]
            if policy is None or not 0 < market.price[g] < np.inf:
                continue
            cheapest = market.cost[:, g] == market.price[g]
            without[:, g] = cheapest / cheapest.sum()
            beside[g] = _part_beside(market, alone, cheapest, g) / market.price[g]
            without[:, g] *= 1 - beside[g]
            value = evaluate_mixture(policy, tables)
            used = value.list_spend > 0
            shares[:, g] = 0.0
            shares[used, g] = multipliers[used] * value.list_spend[used] / market.price[g]
            beside_with[g] = (value.checks + value.harm) / market.price[g]
        rest = 1 - shares.sum(axis=0) - beside_with
        return cls(without, shares, rest, beside, beside_with)


def _part_beside(market: MarketPrice, tables: CurveTables, cheapest: BoolArray, g: int) -> float:
    """US dollars of checks and of wrong answers, in the mean over the cheapest models."""
    if tables.checked is None:
        return 0.0
    policies = [market.policies[m][g] for m in np.flatnonzero(cheapest).tolist()]
    values = [evaluate_mixture(policy, tables) for policy in policies if policy is not None]
    return sum(value.checks + value.harm for value in values) / len(values)


def distillation_margin(
    tables: CurveTables, teacher: str, student: str, quality: FloatArray
) -> FloatArray:
    """Margin of cascades of student and teacher over the teacher alone, at list prices.

    The student is its owner's and not for sale, so the teacher alone sets the price. Over the top
    0.10 of the teacher's solve rates, as in arXiv:2603.22404, the recorded students alone do not
    reach, and the paper's market price of both models is the same.

    Parameters
    ----------
    tables
        Curves of both, and maybe of others, which are not used.
    teacher, student
        Model names.
    quality
        [G] solve rates.

    Returns
    -------
    FloatArray
        [G] share of the teacher's price; NaN where the teacher does not reach.

    Raises
    ------
    DataError
        No such model, or teacher and student are the same.
    """
    if teacher == student:
        raise DataError(f"student {student!r}: is the teacher itself; name two models")
    columns = [tables.population.index(model) for model in (teacher, student)]
    price = np.full(len(tables.models), np.inf)
    price[columns] = 1.0
    alone = market_price(tables, quality).cost[columns[0]]
    return margin(alone, solve_frontier(tables, quality, price).spend)
