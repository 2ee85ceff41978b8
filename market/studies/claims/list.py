"""The claims, and the experiments that test each of them.

The claims are those of Olmedo, Schölkopf and Hardt (arXiv:2603.22404) and of its reading as an
account of a market with many arbitrageurs; the last ones go beyond it.
"""

from typing import Any, Literal

from market.studies.claims.experiments import Claim, ClaimMarket, Contrast, Curve

DEMANDS = {"fixed needs": "swebench", "buyers choose quality": "value_demand"}


def _count(demand: str, number: int) -> ClaimMarket:
    return ClaimMarket(DEMANDS[demand], {"arbitrageurs.routers.count": number})


def _counted(
    measure: str, sign: Literal[1, -1], numbers: tuple[tuple[int, int], ...]
) -> tuple[Contrast, ...]:
    """A measure by the number of arbitrageurs, under both kinds of demand."""
    return tuple(
        Contrast(
            f"`{measure}`, {many} arbitrageur{'s' if many > 1 else ''} against {few or 'none'}",
            measure,
            _count(demand, many),
            _count(demand, few),
            sign,
            demand,
        )
        for demand in DEMANDS
        for few, many in numbers
    )


ROUTER = "arbitrageurs.router"
DISTILLER = "arbitrageurs.distiller.distillation"


def _seeing(accuracy: float) -> ClaimMarket:
    routing = {"kind": "signal", "accuracy": accuracy, "types": 8}
    return ClaimMarket("routing_knowledge", {f"{ROUTER}.routing": routing})


def _fitted(budget: float) -> ClaimMarket:
    knowledge = {"kind": "fit", "budget": budget}
    routing = {"kind": "cascade"}
    return ClaimMarket(
        "routing_knowledge", {f"{ROUTER}.routing": routing, f"{ROUTER}.knowledge": knowledge}
    )


BANNED = ClaimMarket("distillation", {"policy.distillation_ban": True})


def _distilled(tokens: float) -> ClaimMarket:
    return ClaimMarket("distillation", {f"{DISTILLER}.when": 0, f"{DISTILLER}.tokens": tokens})


_PROFIT = ("distiller's profit", "distiller-1: profit")
_REVENUE = ("teacher's revenue", "Alibaba: revenue")
_DISTILLATION: tuple[tuple[str, str, str, ClaimMarket, ClaimMarket, Literal[1, -1]], ...] = (
    (*_PROFIT, "1.8B tokens against a ban", _distilled(1.8e9), BANNED, 1),
    (*_PROFIT, "5.4B tokens against 200M", _distilled(5.4e9), _distilled(200e6), 1),
    (*_REVENUE, "1.8B tokens against a ban", _distilled(1.8e9), BANNED, -1),
)


def _entry(number: int) -> ClaimMarket:
    return ClaimMarket("entry", {"arbitrageurs.routers.count": number})


def _rises(
    measure: str,
    words: str,
    market: ClaimMarket,
    against: ClaimMarket | float,
    demand: str = "fixed needs",
) -> Contrast:
    """That a measure of the market is above what it is compared with."""
    return Contrast(f"`{measure}`{words}", measure, market, against, 1, demand)


PAIR_MARGIN: dict[str, Any] = {"models": ("gpt5mini", "deepseek"), "low": 0.68, "sign": 1}


CLAIMS = (
    Claim(
        "An intermediary that routes queries to the best models for the price undercuts all",
        "arXiv:2603.22404",
        (
            *_counted("price_index", -1, ((0, 1),)),
            *(
                _rises(
                    "arbitrage_margin", " of a single arbitrageur, above 0", _count(d, 1), 0.0, d
                )
                for d in DEMANDS
            ),
        ),
    ),
    Claim(
        "Simple cascades over GPT-5 mini and DeepSeek v3.2 earn up to 40% on SWE-bench",
        "arXiv:2603.22404",
        (
            Curve("largest margin of the pair, above 0.40", "max", against=0.40, **PAIR_MARGIN),
            Curve("mean margin of the pair, above 0", "mean", against=0.0, **PAIR_MARGIN),
        ),
        "The largest margin is that at the highest solve rate of a single model, where few "
        "problems decide: with another sample of as many problems it may lie on either side of "
        "40%. The paper's own procedure, rerun on its records by `market paper`, gives 41%; the "
        "frontier here is cheaper, since the cost of an attempt is known before it is made.",
    ),
    Claim(
        "The profit comes from heterogeneity: what is easy for one model is expensive for another",
        "arXiv:2603.22404",
        (
            Curve(
                "mean margin, models half alike against as they are",
                "mean",
                alike=0.5,
                against_alike=0,
            ),
            Curve(
                "mean margin, 90% alike against half alike", "mean", alike=0.9, against_alike=0.5
            ),
            Curve(
                "largest margin, all the same model: not above 0.001",
                "max",
                low=0.3,
                alike=1,
                against=0.001,
            ),
        ),
    ),
    Claim(
        "Several arbitrageurs push consumer prices down",
        "arXiv:2603.22404",
        _counted("price_index", -1, ((0, 2), (1, 2), (2, 6))),
    ),
    Claim(
        "They reduce the marginal revenue of providers",
        "arXiv:2603.22404",
        (
            *_counted("revenue_per_query", -1, ((0, 1), (0, 2), (0, 6), (3, 6))),
            Contrast(
                "for comparison: `served_share`, 6 arbitrageurs against 3",
                "served_share",
                _count("fixed needs", 6),
                _count("fixed needs", 3),
                1,
            ),
        ),
        "Where buyers choose how much quality to buy, the answer turns with competition. A single "
        "arbitrageur keeps most of what routing saves, and providers lose. Two and more pass it "
        "on; buyers then move up to solve rates that take more attempts than routing saves, and "
        "a query earns providers more than it did without arbitrage. With fixed needs marginal "
        "revenue turns slightly up again beyond three arbitrageurs: fees are at cost by then, "
        "and all that is left is that more buyers know one of them and are served at all (the "
        "share of queries served, the last rows).",
    ),
    Claim(
        "Arbitrage reduces segmentation of the market",
        "the paper's reading",
        _counted("segmentation", -1, ((0, 1), (0, 2), (0, 6))),
    ),
    Claim(
        "Smaller providers earn revenue that they would not reach",
        "arXiv:2603.22404",
        (
            *_counted("small_provider_share", 1, ((0, 1), (0, 2), (0, 6))),
            Contrast(
                "revenue of an entrant (mini-coder, from tick 30), 2 arbitrageurs against none",
                "mini-coder: revenue",
                _entry(2),
                _entry(0),
                1,
            ),
        ),
    ),
    Claim(
        "The arbitrageur is a market maker: supply meets demand better than in bilateral trade",
        "the paper's reading",
        (
            *_counted("efficiency", 1, ((0, 1), (0, 2))),
            *_counted("consumer_surplus", 1, ((0, 2),)),
        ),
    ),
    Claim(
        "Distillation adds opportunities, the more the more tokens, and harms the teacher",
        "arXiv:2603.22404",
        (
            *(
                Contrast(f"{words} in the last quarter, {versus}", measure, market, other, sign)
                for words, measure, versus, market, other, sign in _DISTILLATION
            ),
        ),
    ),
    Claim(
        "The moat is the routing: knowing which model handles which query",
        "the paper's reading",
        (
            *(
                _rises("arbitrage_margin", f", type {words}", _seeing(high), _seeing(low))
                for low, high, words in (
                    (0.0, 0.5, "seen half the time against never"),
                    (0.5, 1.0, "always seen against half the time"),
                )
            ),
            *(
                _rises(
                    "arbitrage_profit",
                    f", fitting budget of ${high} against ${low}",
                    _fitted(high),
                    _fitted(low),
                )
                for low, high in ((10, 100), (100, 1000))
            ),
        ),
    ),
    Claim(
        "Total provider revenue falls with arbitrage",
        "arXiv:2603.22404; with demand that answers, beyond it",
        _counted("provider_revenue", -1, ((0, 1), (0, 2))),
        "The sign depends on demand, as for marginal revenue: with fixed needs every saved "
        "attempt is lost revenue; where quality is bought by its price, competing arbitrageurs "
        "sell enough more of it to make up for that.",
    ),
    Claim(
        "Providers that answer with their prices win back what arbitrage took from their profit",
        "beyond the paper",
        (
            _rises(
                "provider_profit",
                ", 2 arbitrageurs, providers best-responding against list prices",
                ClaimMarket("price_response"),
                ClaimMarket("swebench"),
            ),
            _rises(
                "provider_profit",
                " when all best-respond, 2 arbitrageurs against none",
                ClaimMarket("price_response"),
                ClaimMarket("price_response", {"arbitrageurs.routers.count": 0}),
            ),
        ),
        "With arbitrageurs in the market, best responses neither converge nor cycle: "
        "resellers switch to another model at once, so providers' prices keep moving. Means over "
        "time are compared, not equilibria.",
    ),
)
