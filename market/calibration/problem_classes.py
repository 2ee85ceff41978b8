"""Problem classes by the method of moments: the numerical half of `calibrate`.

Each group of problems (:mod:`market.calibration.group_problems`) starts at its averages, and all
class weights, solve probabilities and costs are then adjusted together, by damped Gauss-Newton
(Levenberg-Marquardt), until the classes (`geometric`) and the problems (their own estimator) agree
on what a market is made of: each model's solve rate and spend by budget, what a solve rate costs
from it, and the same of many cascades drawn near the problems' frontier. Every moment is a weighted
sum over classes, so one column of the Jacobian holds one class. A model that fails at most of a
group has p = 0 there, and keeps it.
"""

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.special import expit, logit

from market.foundation.arrays import FloatArray, IntArray
from market.frontier.attempt_costs import AttemptCosts, most_attempts
from market.frontier.frontier import solve_frontier
from market.frontier.market_price import market_price
from market.frontier.pass_curves import CurveTables, geometric_curves

_CASCADES = 1200  # cascades whose quality and spend are matched
_STEEPEST = 60.0  # cap on d ln(cost) / d(solve rate), which grows without bound at the top
_COST_STEP = 0.05  # wide enough to smooth the steps that whole attempts make of U(cost)
_PRIOR = 0.03, 0.01, 0.03  # pull of ln weight, logit p and ln cost to the group's averages
_NOTHING = 1e-9  # of an attempt: stands for no cost where one divides by it
_ROUNDS, _TRIALS, _TOLERANCE = 25, 12, 1e-3


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def fit_classes(
    tables: CurveTables, labels: IntArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Classes fitted: weight [K]; [K, M] solve probability, mean cost and c_s / c_f.

    A trial that goes so far that numbers overflow is no better than where it came from.

    Parameters
    ----------
    tables
        Curves of the n problems.
    labels
        [n] class of each problem, 0 to K − 1, as `group_problems` gives it.
    rng
        Draws the cascades that are matched.
    """
    start = _Start(tables, labels)
    moments = _Moments(tables, *_draw_cascades(tables, rng))
    change = np.zeros(len(start.prior))
    loss, damping = _loss(start, moments, change), 1.0
    for _ in range(_ROUNDS):
        gradient, curvature = _expand(start, moments, change)
        before = loss
        for _ in range(_TRIALS):
            matrix = curvature + np.diag(damping * start.prior**2)
            try:
                trial = change - cho_solve(cho_factor(matrix), gradient)
                reached = _loss(start, moments, trial)
            except (LinAlgError, ValueError):  # money of so unlike sizes spoils the matrix
                reached = np.inf
            if reached < loss:
                change, loss, damping = trial, reached, max(damping / 3, 1e-3)
                break
            damping = 4 * damping + 0.01
        if before - loss <= _TOLERANCE * before:
            break
    weight, prob, cost = start.at(change)
    return _lifted(tables, start, weight, prob, cost), prob, cost, start.success_over_failure


def _lifted(
    tables: CurveTables, start: "_Start", weight: FloatArray, prob: FloatArray, cost: FloatArray
) -> FloatArray:
    """[K] weights that sum to 1 and keep the problems' highest single-model solve rate in reach.

    At that rate the market price is steepest, and classes that end just below it have none there.
    The classes that the best model solves gain a share e, by which its rate T from them, of joint
    weight W, becomes T(1 + e) / (1 + eW). Nothing is done where that takes more than 1%.
    """
    weight = weight / weight.sum()
    tops = tables.solved[:, :, -1] @ tables.population.weight
    best, wanted = int(np.argmax(tops)), float(tops.max()) + 1e-6
    highest = float(weight @ start.curves(prob, cost)[0][best, :, -1])
    solves = prob[:, best] > 0
    room = highest - wanted * float(weight[solves].sum())
    gain = max(wanted - highest, 0.0) / room if room > 0 else 0.0
    lifted = weight * (1 + (gain if gain < 0.01 else 0.0) * solves)
    return np.asarray(lifted / lifted.sum(), dtype=np.float64)


class _Start:
    """Averages of the groups, and what a change of ln weight, logit p and ln cost makes of them."""

    def __init__(self, tables: CurveTables, labels: IntArray) -> None:
        population = tables.population
        member = (labels == np.arange(labels.max() + 1)[:, None]) * population.weight
        self.budget, self.weight = tables.budget, member.sum(axis=1)
        share = member / np.maximum(self.weight, 1e-300)[:, None]
        solvable = population.solve_prob > 0
        odds = logit(np.clip(population.solve_prob, 5e-4, 1 - 5e-4))
        self.solves = share @ solvable >= 0.5
        self.logit = share @ (odds * solvable) / np.maximum(share @ solvable, 1e-9)
        self.cost = np.exp(share @ np.log(population.list_cost))
        dearer = np.log(population.cost_of_success / population.cost_of_failure)
        self.success_over_failure = np.exp(share @ dearer)
        self.remainder, self.most = tables.remainder, most_attempts(population)
        width = 1 + 2 * len(tables.models)
        which = np.array([0] + [1] * (width // 2) + [2] * (width // 2))
        self.prior = np.repeat(np.array(_PRIOR)[which], len(self.weight))

    def at(self, change: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weight [K], solve probability and cost [K, M] after a change [(1 + 2M)·K]."""
        parts = change.reshape(-1, len(self.weight))
        models = self.cost.shape[1]
        odds = np.clip(self.logit + parts[1 : 1 + models].T, -12, 12)
        prob = np.where(self.solves, expit(odds), 0.0)
        return self.weight * np.exp(parts[0]), prob, self.cost * np.exp(parts[1 + models :].T)

    def curves(self, prob: FloatArray, cost: FloatArray) -> tuple[FloatArray, FloatArray]:
        """[M, K, X] solve rate and spend of classes of solve probability and cost [K, M]."""
        both = [self.curves_of(m, prob[:, m], cost[:, m]) for m in range(prob.shape[1])]
        return np.stack([solved for solved, _ in both]), np.stack([spend for _, spend in both])

    def curves_of(
        self, model: int, prob: FloatArray, cost: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """[K, X] each, of one model."""
        ratio = self.success_over_failure[:, model]
        failed = (cost / (prob * ratio + 1 - prob))[:, None]
        costs = AttemptCosts(failed, ratio[:, None] * failed, self.remainder, self.most)
        return geometric_curves(prob, costs, self.budget[model])


def _loss(start: _Start, moments: "_Moments", change: FloatArray) -> float:
    weight, prob, cost = start.at(change)
    error = weight @ moments.of(prob, cost, *start.curves(prob, cost)) - moments.target
    return float(error @ error + ((start.prior * change) ** 2).sum())


def _expand(
    start: _Start, moments: "_Moments", change: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gradient and Gauss-Newton curvature of half the loss, by differences per model."""
    weight, prob, cost = start.at(change)
    solved, spend = start.curves(prob, cost)
    here = moments.of(prob, cost, solved, spend)

    def moved(m: int, odds: float, log_cost: float) -> FloatArray:
        p, c, u, s = prob.copy(), cost.copy(), solved.copy(), spend.copy()
        grown = p[:, m] * np.exp(odds)
        p[:, m] = grown / (1 - p[:, m] + grown)
        c[:, m] *= np.exp(log_cost)
        u[m], s[m] = start.curves_of(m, p[:, m], c[:, m])
        return moments.of(p, c, u, s)

    models, step = range(prob.shape[1]), _COST_STEP
    jacobian = (
        np.concatenate(
            [here]
            + [(moved(m, 1e-3, 0) - here) / 1e-3 for m in models]
            + [(moved(m, 0, step) - moved(m, 0, -step)) / (2 * step) for m in models]
        )
        * np.tile(weight, 1 + 2 * len(models))[:, None]
    )
    gradient = jacobian @ (weight @ here - moments.target) + start.prior**2 * change
    return gradient, jacobian @ jacobian.T + np.diag(start.prior**2)


def _useful_from(tables: CurveTables) -> IntArray:
    """[M] index of the budget from which a model is in use: 5% of its highest solve rate."""
    first = []
    for m in range(len(tables.models)):
        solved, spend = tables.mean_curves(m)
        first.append(int(np.argmax((solved >= 0.05 * solved[-1]) & (spend > 0))))
    return np.array(first, dtype=np.int64)


def _draw_cascades(tables: CurveTables, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Cascades near the records' frontier: half moved a little from it, half with any budgets.

    Returns
    -------
    stages
        [N, L, 2] model and budget index; padded with budget 0.
    known
        [3, N] spend, slope d ln K / du of the frontier, and K(u) / spend.
    """
    models, points = tables.budget.shape[0], tables.budget.shape[1]
    reach = solve_frontier(tables, np.array([0.0])).max_quality
    if reach == 0:
        return np.zeros((0, 1, 2), dtype=np.int64), np.zeros((3, 0))
    grid = np.linspace(min(0.05, reach / 4), reach, 80)
    frontier = solve_frontier(tables, grid)
    policies = [p.high.stages for p in frontier.policies if p is not None]
    start = _useful_from(tables)
    stages = np.zeros((4 * _CASCADES, max(models, 3), 2), dtype=np.int64)
    for row in stages:
        if rng.random() < 0.5:
            for j, stage in enumerate(policies[int(rng.integers(len(policies)))]):
                m = tables.population.index(stage.model)
                at = np.searchsorted(tables.budget[m], stage.budget) + rng.integers(-6, 7)
                row[j] = m, np.clip(at, 1, points - 1)
        else:
            order = rng.permutation(models)[: int(rng.choice([2, 3], p=[0.6, 0.4]))]
            for j, m in enumerate(order):
                row[j] = m, rng.integers(start[m], points)
    fail, spend = _run(stages, tables.solved, tables.spend)
    nothing = _NOTHING * float(tables.population.list_cost.min())
    weight, log_least = tables.population.weight, np.log(np.maximum(frontier.spend, nothing))
    rate, bill = 1 - fail @ weight, spend @ weight
    slope = np.interp(rate, grid, np.minimum(np.gradient(log_least, grid), _STEEPEST))
    near = np.exp(np.interp(rate, grid, log_least)) / np.maximum(bill, nothing)
    near = np.minimum(np.where(rate >= grid[0], near, 0), 1)
    kept = np.flatnonzero(near > rng.uniform(0.2, 0.7, len(near)))[:_CASCADES]
    return stages[kept], np.stack((bill, slope, near))[:, kept]


def _run(stages: IntArray, solved: FloatArray, spend: FloatArray) -> tuple[FloatArray, FloatArray]:
    """[N, n] chance that all stages fail, and expected spend, of cascades at each problem."""
    fail = np.ones((len(stages), solved.shape[1]))
    bill = np.zeros_like(fail)
    for m, b in stages.transpose(1, 2, 0):
        bill += fail * spend[m, :, b]
        fail *= 1 - solved[m, :, b]
    return fail, bill


class _Moments:
    """Sums over problems on which records and classes should agree, each with its scale."""

    def __init__(self, tables: CurveTables, stages: IntArray, known: FloatArray) -> None:
        population = tables.population
        self.budget, self.stages, self.known = tables.budget, stages, known
        self.mean_cost = population.weight @ population.list_cost
        start = _useful_from(tables)
        mean = [tables.mean_curves(m) for m in range(len(start))]
        rates = np.concatenate([solved for solved, _ in mean])
        cheapest = market_price(tables, rates).price.reshape(len(start), -1)
        self.bill, self.slope, self.near = (np.zeros_like(cheapest) for _ in range(3))
        j = np.arange(self.budget.shape[1])
        low, high = np.maximum(j - 4, 0), np.minimum(j + 4, len(j) - 1)
        for m, (solved, spend) in enumerate(mean):
            self.bill[m] = np.maximum(
                spend, max(spend[start[m]], _NOTHING * float(self.mean_cost[m]))
            )
            rise = np.diff(np.log(self.bill[m])[np.stack((low, high))], axis=0)[0]
            self.slope[m] = np.minimum(
                rise / np.maximum(solved[high] - solved[low], 1e-9), _STEEPEST
            )
            self.near[m] = np.where((j >= start[m]) & (solved > 0), cheapest[m] / self.bill[m], 0)
        self.target = population.weight @ self.of(
            population.solve_prob, population.list_cost, tables.solved, tables.spend
        )

    def of(
        self, prob: FloatArray, cost: FloatArray, solved: FloatArray, spend: FloatArray
    ) -> FloatArray:
        """[n, R] contributions of problems (or classes) with [n, M] p, c and [M, n, X] curves."""
        paid = spend / self.bill[:, None, :]
        price = self.near[:, None, :] * (paid - self.slope[:, None, :] * solved)
        single = np.concatenate((6 * solved[..., 1::2], price, 0.5 * paid[..., 1::2]), axis=2)
        fail, bill = _run(self.stages, solved, spend)
        listed, slope, near = self.known[:, :, None]
        cascades = np.concatenate(
            (fail, near * (bill / listed + slope * fail), 0.3 * near * bill / listed)
        )
        top = solved[..., -1].T
        shares = 60 * np.hstack((prob, prob > 0, top)), 20 * cost / self.mean_cost
        one = np.full((len(prob), 1), 300.0)  # the weights sum to 1
        return np.hstack((*single, cascades.T, *shares, one))
