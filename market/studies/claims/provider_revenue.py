"""Claims about what providers earn: per query, in all, the small ones, and when they answer."""

from market.measures.counted import counted
from market.studies.claims.assumptions import Demand, across
from market.studies.claims.experiments import Claim, Contrast, Sign
from market.studies.claims.markets import DEMANDS, with_entrant, with_resellers


def _against_none(
    measure: str,
    sign: Sign,
    refuted_by: str,
    counts: tuple[int, ...] = (1, 2),
    *,
    costs: bool = False,
) -> list[Contrast]:
    """A measure with arbitrageurs against none, under both kinds of demand."""
    return [
        Contrast(
            f"`{measure}`, {counted(count, 'arbitrageur')} against none",
            measure,
            with_resellers(demand, count),
            with_resellers(demand, 0),
            sign,
            demand,
            refuted_by=refuted_by,
            across=across(demand, several=count > 1, costs=costs),
        )
        for demand in DEMANDS
        for count in counts
    ]


def marginal_revenue() -> Claim:
    """What one more query earns providers, and what one per cent on a price earns them.

    Not forced: routing buys less of dear models, and where it is passed on buyers move up to solve
    rates that take more attempts; and a provider whose buyers can be routed past it may face
    demand that is more elastic, or only those who cannot leave. The two are judged apart: one is an
    average over the market, the other a slope (1 + ε of a provider's own price).
    """
    more = [
        Contrast(
            "`revenue_per_query`, 2 arbitrageurs against 1, as many buyers reached",
            "revenue_per_query",
            with_resellers(demand, 2),
            with_resellers(demand, 1),
            -1,
            demand,
            refuted_by="What competition takes from fees brings buyers whose queries earn "
            "providers more.",
            across=across(demand),
        )
        for demand in DEMANDS
    ]
    return Claim(
        "They reduce the marginal revenue of providers",
        "arXiv:2603.22404",
        (
            *_against_none(
                "revenue_per_query",
                -1,
                "Buyers spend what routing saves on more attempts: a query earns providers more.",
            ),
            *more,
            *_against_none(
                "revenue_elasticity",
                -1,
                "Demand for a provider's attempts gets less elastic: raising its price earns it "
                "more than it did.",
            ),
        ),
        "`revenue_elasticity` is 1 + ε: what raising its price by 1% adds to a provider's revenue, "
        "in per cent. Below 0 a provider loses by it. It is of providers at list prices, rivals "
        "held, arbitrageurs routing anew at their present markups.",
        short="lower marginal revenue",
    )


def total_revenue() -> Claim:
    """Total provider revenue.

    Not forced: fewer attempts per solution against more, or better, solutions bought.
    """
    return Claim(
        "Total provider revenue falls with arbitrage",
        "arXiv:2603.22404; with demand that answers, beyond it",
        tuple(
            _against_none(
                "provider_revenue",
                -1,
                "Cheaper solutions sell so much more, or so much better ones, that providers earn "
                "more in all.",
            )
        ),
        short="lower provider revenue",
    )


def segmentation() -> Claim:
    """Which model serves which quality.

    Not forced: an arbitrageur may send each quality to one model, as a market does that is split
    by price, and split it further.
    """
    return Claim(
        "Arbitrage reduces segmentation of the market",
        "the paper's reading",
        tuple(
            _against_none(
                "segmentation", -1, "Which quality is bought tells more of whose attempts are used."
            )
        ),
        short="less segmentation",
    )


def _against_no_reseller(demand: Demand) -> Contrast:
    return Contrast(
        "revenue of the smallest model's provider (mini-coder), 2 arbitrageurs against none",
        "mini-coder: revenue",
        with_resellers(demand, 2),
        with_resellers(demand, 0),
        1,
        demand,
        refuted_by="Cascades leave it out, or take the place of buyers who chose it.",
        across=across(demand),
    )


def small_providers() -> Claim:
    """Revenue of small providers: as a share, of one by name, and of an entrant.

    Not forced: where buyers are less sensitive to prices, many like a small provider enough to buy
    of it directly, and routing may leave it out. The share is that of all but the two largest,
    whoever these are; so one provider is followed by name, in dollars.
    """
    entrant = Contrast(
        "revenue of an entrant (mini-coder, from tick 12), 2 arbitrageurs against none",
        "mini-coder: revenue",
        with_entrant(2),
        with_entrant(0),
        1,
        refuted_by="It earns less through arbitrageurs than from buyers directly.",
        across=across("fixed needs", slow=True),
    )
    return Claim(
        "Smaller providers earn revenue that they would not reach",
        "arXiv:2603.22404",
        (
            *_against_none(
                "small_provider_share",
                1,
                "Revenue gathers with the two largest providers.",
            ),
            *map(_against_no_reseller, DEMANDS),
            entrant,
        ),
        short="revenue for small providers",
    )


def answering() -> Claim:
    """Providers that answer with best replies.

    Not forced, and not confounded with rivalry among providers, which alone lowers prices below
    list: what arbitrage changes where they answer is compared with what it changes where they do
    not, a difference of differences.
    """
    experiments = []
    for demand in DEMANDS:
        asked = across(demand, costs=True, slow=True)
        two, none, fixed_two, fixed_none = (
            with_resellers(demand, count, replies=replies)
            for replies in (True, False)
            for count in (2, 0)
        )
        experiments += [
            Contrast(
                "what 2 arbitrageurs change in `provider_profit`, where providers answer against "
                "at list prices",
                "provider_profit",
                two,
                fixed_two,
                1,
                demand,
                less=(none, fixed_none),
                refuted_by="Providers that answer lose more to arbitrage than those that do not: "
                "they compete for arbitrageurs, who switch at once.",
                across=asked,
            ),
            Contrast(
                "`provider_profit` when providers answer, 2 arbitrageurs against none",
                "provider_profit",
                two,
                none,
                1,
                demand,
                refuted_by="They still earn less than without arbitrage.",
                across=asked,
            ),
        ]
    return Claim(
        "Providers that answer with their prices win back what arbitrage took from their profit",
        "beyond the paper",
        tuple(experiments),
        "With arbitrageurs in the market, best responses neither converge nor cycle: "
        "resellers switch to another model at once, so providers' prices keep moving. Means over "
        "time are compared, not equilibria.",
        short="providers win back profit",
    )
