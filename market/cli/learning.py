"""Providers that learn, as a command asks for them, and what they learned as it prints it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.equilibrium.collusion import Collusion, Learned
    from market.equilibrium.q_learning import Learner
    from market.measures.intervals import Estimate


@dataclass(frozen=True)
class Asked:
    """What is asked: a scenario as changed, who learns how, and with how many arbitrageurs."""

    scenario: str
    changes: tuple[str, ...]
    seed: int | None
    counts: Sequence[int]
    providers: Sequence[str] | None
    learner: "Learner"
    prices: int
    sessions: int

    def under(self, change: str) -> "Asked":
        """The same with one more change."""
        return replace(self, changes=(*self.changes, change))

    def require_feasible(self, times: int) -> None:
        """Refuse what takes too much, as many times as it is done.

        Raises
        ------
        ScenarioError
            With the estimate.
        """
        from market.scenario.files import load
        from market.scenario.workload import learning_workload, require_feasible

        spec = load(self.scenario, set=list(self.changes), seed=self.seed)
        size = len(self.providers or (1, 2))
        load_of = learning_workload(
            spec,
            size,
            self.prices,
            self.learner.usual_periods,
            self.sessions * times,
            len(self.counts),
        )
        require_feasible(load_of, f"learning in {spec.name}")

    def answer(self, tell: Callable[[int, int], None]) -> dict[str, Any]:
        """Let them learn; ready for JSON."""
        from market.equilibrium.collusion import collusion, strategic_providers
        from market.scenario.files import arbitrageurs_override, load

        spec = load(self.scenario, set=list(self.changes), seed=self.seed)
        each = {
            n: load(
                self.scenario,
                set=[*self.changes, arbitrageurs_override(self.scenario, n, "--arbitrageurs")],
                seed=self.seed,
            )
            for n in self.counts
        }
        found = collusion(
            spec,
            each.__getitem__,
            self.counts,
            strategic_providers(spec, self.providers),
            self.learner,
            prices=self.prices,
            sessions=self.sessions,
            progress=tell,
        )
        return learned_as_json(found)


def learned_as_json(found: "Collusion") -> dict[str, Any]:
    """What providers learned, as `market learn --json` prints it."""
    without = found.without
    changes = [None, *found.differences()]
    return {
        "providers": list(found.providers),
        "without_arbitrageurs": {
            "competitive_price": without.competitive.tolist(),
            "joint_price": without.joint.tolist(),
            "competitive_profit": without.competitive_profit.tolist(),
            "joint_profit": without.joint_profit.tolist(),
            "largest_gain_of_moving_alone": without.largest_gain,
        },
        "by_arbitrageurs": [
            _row(learned, change) for learned, change in zip(found.each, changes, strict=True)
        ],
    }


def _row(learned: "Learned", change: "Estimate | None") -> dict[str, Any]:
    import numpy as np

    from market.measures.intervals import estimate

    rests, asked = learned.benchmarks, learned.table.price
    # of the second provider, in the period after the first one's deviation
    replies = [asked[1, d.path[2, 1]] / asked[1, d.path[0, 1]] - 1 for d in learned.deviations]
    return {
        "arbitrageurs": learned.arbitrageurs,
        "sessions": len(learned.sessions),
        "converged": sum(session.converged for session in learned.sessions),
        "profit_gain": learned.mean_gain.to_json(),
        "change": change.to_json() if change is not None else dict(_NOTHING),
        "price": [estimate(column).to_json() for column in learned.price.T],
        "profit": [estimate(column).to_json() for column in learned.profit.T],
        "competitive_price": rests.competitive_price.tolist(),
        "competitive_profit": rests.competitive.tolist(),
        "pure_equilibria": len(rests.equilibria),
        "joint_price": [
            float(learned.table.price[i, k]) for i, k in enumerate(rests.joint.tolist())
        ],
        "joint_profit": rests.joint_profit.tolist(),
        "periods": float(np.mean([session.periods for session in learned.sessions])),
        "at_rest": learned.table.at_rest,
        "drift": learned.table.drift if np.isfinite(learned.table.drift) else None,
        "deviation_gain": estimate(np.array([d.gain for d in learned.deviations])).to_json(),
        "reply_to_deviation": estimate(np.array(replies)).to_json(),
        "path_after_deviation": learned.path.tolist(),
        "curve": [
            {"period": 2 ** (block / 4), "profit_gain": value}
            for block, value in enumerate(learned.curve.tolist())
            if np.isfinite(value)
        ],
    }


_NOTHING = {"value": None, "low": None, "high": None}
