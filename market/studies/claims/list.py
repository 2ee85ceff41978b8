"""What is claimed, and the experiment that each claim is put to.

The claims are those of Olmedo, Schölkopf and Hardt (arXiv:2603.22404) and of its reading as an
account of a market with many arbitrageurs; the last ones go beyond it.
"""

from typing import Literal

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
            f"`{measure}`, {many} arbitrageurs against {few or 'none'}"
            if many > 1
            else f"`{measure}`, 1 arbitrageur against none",
            measure,
            _count(demand, many),
            _count(demand, few),
            sign,
            demand,
        )
        for demand in DEMANDS
        for few, many in numbers
    )


PAIR = ("gpt5mini", "deepseek")
ROUTER = "arbitrageurs.router"
FIT = {f"{ROUTER}.routing": {"kind": "cascade"}}


def _seeing(accuracy: float) -> ClaimMarket:
    routing = {"kind": "signal", "accuracy": accuracy, "types": 8}
    return ClaimMarket("routing_knowledge", {f"{ROUTER}.routing": routing})


def _fitted(budget: float) -> ClaimMarket:
    return ClaimMarket(
        "routing_knowledge", {**FIT, f"{ROUTER}.knowledge": {"kind": "fit", "budget": budget}}
    )


BANNED = ClaimMarket("distillation", {"policy.distillation_ban": True})


def _distilled(tokens: float) -> ClaimMarket:
    plan = "arbitrageurs.distiller.distillation"
    return ClaimMarket("distillation", {f"{plan}.when": 0, f"{plan}.tokens": tokens})


def _entry(number: int) -> ClaimMarket:
    return ClaimMarket("entry", {"arbitrageurs.routers.count": number})


CLAIMS = (
    Claim(
        "An intermediary that routes queries to the best models for the price undercuts all",
        "arXiv:2603.22404",
        (
            *_counted("price_index", -1, ((0, 1),)),
            *(
                Contrast(
                    "`arbitrage_margin` of a single arbitrageur, above 0",
                    "arbitrage_margin",
                    _count(demand, 1),
                    0.0,
                    1,
                    demand,
                )
                for demand in DEMANDS
            ),
        ),
    ),
    Claim(
        "Simple cascades over GPT-5 mini and DeepSeek v3.2 earn up to 40% on SWE-bench",
        "arXiv:2603.22404",
        (
            Curve("largest margin of the pair, above 0.40", PAIR, 0.68, "max", 0, 0.40, False, 1),
            Curve("mean margin of the pair, above 0", PAIR, 0.68, "mean", 0, 0.0, False, 1),
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
                (),
                0.4,
                "mean",
                0.5,
                0,
                True,
                -1,
            ),
            Curve("mean margin, 90% alike against half alike", (), 0.4, "mean", 0.9, 0.5, True, -1),
            Curve(
                "mean margin, all the same model: not above 0.001",
                (),
                0.3,
                "max",
                1,
                0.001,
                False,
                -1,
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
            *_counted("marginal_revenue_per_query", -1, ((0, 1), (0, 2), (0, 6), (3, 6))),
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
            Contrast(
                "distiller's profit in the last quarter, 1.8B tokens against a ban",
                "distiller-1: profit",
                _distilled(1.8e9),
                BANNED,
                1,
            ),
            Contrast(
                "distiller's profit in the last quarter, 5.4B tokens against 200M",
                "distiller-1: profit",
                _distilled(5.4e9),
                _distilled(200e6),
                1,
            ),
            Contrast(
                "teacher's revenue in the last quarter, 1.8B tokens against a ban",
                "Alibaba: revenue",
                _distilled(1.8e9),
                BANNED,
                -1,
            ),
        ),
    ),
    Claim(
        "The moat is the routing: knowing which model handles which query",
        "the paper's reading",
        (
            Contrast(
                "`arbitrage_margin`, type seen half the time against never",
                "arbitrage_margin",
                _seeing(0.5),
                _seeing(0.0),
                1,
            ),
            Contrast(
                "`arbitrage_margin`, type always seen against half the time",
                "arbitrage_margin",
                _seeing(1.0),
                _seeing(0.5),
                1,
            ),
            Contrast(
                "`arbitrage_profit`, fitting budget of $100 against $10",
                "arbitrage_profit",
                _fitted(100),
                _fitted(10),
                1,
            ),
            Contrast(
                "`arbitrage_profit`, fitting budget of $1000 against $100",
                "arbitrage_profit",
                _fitted(1000),
                _fitted(100),
                1,
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
            Contrast(
                "`provider_profit`, 2 arbitrageurs, providers best-responding against list prices",
                "provider_profit",
                ClaimMarket("price_response"),
                ClaimMarket("swebench"),
                1,
            ),
            Contrast(
                "`provider_profit` when all best-respond, 2 arbitrageurs against none",
                "provider_profit",
                ClaimMarket("price_response"),
                ClaimMarket("price_response", {"arbitrageurs.routers.count": 0}),
                1,
            ),
        ),
        "With arbitrageurs in the market, best replies on a grid find no rest: resellers move "
        "to another model at once, so providers' prices keep moving and do not repeat. Means "
        "over time are compared, not equilibria.",
    ),
)
