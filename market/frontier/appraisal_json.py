"""An appraisal as plain values, for JSON."""

from typing import TYPE_CHECKING, Any

from market.frontier.cascade import Cascade
from market.frontier.market_price import margin, margin_summary
from market.frontier.search_by_type import MixtureByType
from market.frontier.signal_frontier import SignalFrontier
from market.population.free_attempts import with_free_shown

if TYPE_CHECKING:
    from market.frontier.appraisal import Appraisal


def appraisal_as_json(appraisal: "Appraisal") -> dict[str, Any]:
    """An appraisal as `market frontier --json` prints it.

    Plain lists and numbers; NaN and infinite values are left for the writer to null.
    """
    population, market, models = (
        appraisal.tables.population,
        appraisal.market,
        appraisal.tables.models,
    )
    answer: dict[str, Any] = {
        "source": population.source,
        "problems": population.clusters,
        "left_out": dict(population.left_out),
        "lacking": dict(population.lacking),
        "estimator": appraisal.tables.estimator,
        "remainder": appraisal.tables.remainder,
        "models": [
            {
                "name": model,
                "price_multiplier": appraisal.price[m],
                "single_attempt_solve_rate": population.weight @ population.solve_prob[:, m],
                "mean_attempt_cost": population.weight @ population.list_cost[:, m],
                "max_quality": market.max_quality[m],
                "cost": market.cost[m],
            }
            for m, model in enumerate(models)
        ],
        "quality": market.quality,
        "market_price": market.price,
        "arbitrage_cost": appraisal.cost,
        "margin": appraisal.margin,
        **margin_summary(appraisal.margin),
        "max_quality": appraisal.max_quality,
        "with_lotteries": appraisal.lotteries.to_json(),
        "evidence": list(appraisal.evidence),
    }
    if appraisal.seen is not None:
        known = None if appraisal.equivalent is None else list(appraisal.equivalent)
        answer["seen"] = {
            "sees": appraisal.seen.sees,
            "types": appraisal.seen.types,
            "log_loss": dict(appraisal.seen.log_loss),
            "equivalent_accuracies": known,
        }
    if appraisal.verification is not None:
        answer["verification"] = appraisal.verification.to_json()
    plain: dict[str, Any] = {
        "policies": [None if p is None else p.to_json() for p in appraisal.frontier.policies],
        "revenue_shares": {
            "without": dict(zip(models, appraisal.shares.without, strict=True)),
            "with": dict(zip(models, appraisal.shares.with_arbitrage, strict=True)),
            "arbitrageur": appraisal.shares.arbitrageur,
        },
    }
    if appraisal.verification is not None:
        plain["revenue_shares"] |= {
            "checks_and_wrong_answers_without": appraisal.shares.beside,
            "checks_and_wrong_answers_with": appraisal.shares.beside_with,
        }
    if appraisal.resamples is not None:
        plain["uncertainty"] = appraisal.resamples.to_json()
    answer |= plain if appraisal.signal is None else _by_signal(appraisal, appraisal.signal, plain)
    if appraisal.out_of_sample is not None:
        answer["out_of_sample"] = appraisal.out_of_sample.to_json()
    return with_free_shown(answer, population.unseen)


def _by_signal(
    appraisal: "Appraisal", signal: SignalFrontier, plain: dict[str, Any]
) -> dict[str, Any]:
    blind = margin(appraisal.market.price, appraisal.frontier.spend)
    routes: dict[tuple[Cascade, ...], tuple[int, float, float]] = {}
    policies: list[dict[str, Any] | None] = []
    for policy in signal.policies:
        if isinstance(policy, MixtureByType):
            two = zip((policy.low, policy.high), policy.solve_rates, policy.spends, strict=True)
            mixed = [routes.setdefault(by, (len(routes), u, s))[0] for by, u, s in two]
            policies.append({"routes": mixed, "share": policy.share})
        else:
            policies.append(None if policy is None else policy.to_json())
    return {
        "policies": policies,
        "without_signal": {
            "arbitrage_cost": appraisal.frontier.spend,
            "margin": blind,
            **margin_summary(blind),
            **plain,
        },
        "routes": [
            {"solve_rate": u, "spend": s, "cascades": [cascade.to_json() for cascade in by]}
            for by, (_, u, s) in routes.items()
        ],
    }
