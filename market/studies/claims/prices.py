"""Claims about prices: a single arbitrageur undercuts the market; several push prices down.

Both are true by rule where arbitrageurs undercut the cheapest rival by a script: such a seller
never posts above it, and one more seller never raises the least price. So fees are chosen for
profit here, without a least margin, and providers may answer.
"""

from market.studies.claims.assumptions import Demand, across
from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.markets import DEMANDS, by_rule, with_learner, with_resellers

UNDERCUT = {"kind": "undercut"}
NEVER_ABOVE = "`undercut` never posts above the cheapest rival"
ONE_MORE = "with providers at list prices, one more seller never raises the least price posted"
AT_COST = (
    "two sellers that undercut by rule are at cost already, and all buyers know both: more sellers "
    "have nothing left to undercut"
)


def undercutting() -> Claim:
    """A single arbitrageur undercuts the market, and earns by it.

    Not forced: a seller that maximises profit may serve only those who like it, above the price
    they paid before; prices *paid* count, since the least price *posted* cannot rise when a seller
    is added. And one that first pays to learn the models may promise what costs it more than it
    expects, or never earn its outlay back.
    """
    paid = [
        Contrast(
            "`price_index_paid`, 1 arbitrageur against none",
            "price_index_paid",
            with_resellers(demand, 1),
            with_resellers(demand, 0),
            -1,
            demand,
            refuted_by="Buyers pay more for what they bought before: those who like the "
            "arbitrageur are charged for it.",
            across=across(demand, several=False),
            forced=("undercut",),
        )
        for demand in DEMANDS
    ]
    earned = [
        Contrast(
            f"`arbitrage_net_profit` of one that paid ${budget} to learn the models, above 0",
            "arbitrage_net_profit",
            with_learner(budget),
            0.0,
            1,
            refuted_by="What it paid for its knowledge, and lost by what it does not know, is "
            "more than it earns.",
            across=across("fixed needs", slow=True),
        )
        for budget in (10, 100)
    ]
    ruled = [
        Contrast(
            "`price_index`, 1 arbitrageur that undercuts by rule against none",
            "price_index",
            by_rule(demand, 1, UNDERCUT),
            by_rule(demand, 0, UNDERCUT),
            -1,
            demand,
            by_construction=f"{NEVER_ABOVE}; and {ONE_MORE}",
        )
        for demand in DEMANDS
    ]
    return Claim(
        "An intermediary that routes queries to the best models for the price undercuts all",
        "arXiv:2603.22404",
        (*paid, *earned, *ruled),
        short="one arbitrageur undercuts",
    )


def _fewer_and_more(demand: Demand, few: int, many: int) -> Contrast:
    return Contrast(
        f"`price_index`, {many} arbitrageurs against {few}, as many buyers reached",
        "price_index",
        with_resellers(demand, many),
        with_resellers(demand, few),
        -1,
        demand,
        refuted_by="Each of more sellers that reach the same buyers keeps to those who know no "
        "other, or like it, and prices do not fall.",
        across=across(demand, slow=many > 2),
        forced=("undercut",) if many > 2 else (),
    )


def competing() -> Claim:
    """Several arbitrageurs push prices down.

    Not forced: the share of buyers who know an arbitrageur is held fixed as their number grows, so
    that more sellers are not more buyers reached; each chooses its fees for profit, and may raise
    them when fewer buyers know it (as in Butters 1977 and Varian 1980). And where providers answer,
    those whose price sensitive buyers are gone may raise their prices to the others.
    """
    number = [
        _fewer_and_more(demand, few, many) for demand in DEMANDS for few, many in ((1, 2), (2, 4))
    ]
    answered = [
        Contrast(
            "`price_index` when providers answer too, 2 arbitrageurs against none",
            "price_index",
            with_resellers(demand, 2, replies=True),
            with_resellers(demand, 0, replies=True),
            -1,
            demand,
            refuted_by="Providers raise their prices, to buyers who know no arbitrageur and to "
            "the arbitrageurs, by more than these save.",
            across=across(demand, costs=True, slow=True),
        )
        for demand in DEMANDS
    ]
    ruled = Contrast(
        "`price_index`, 2 arbitrageurs that undercut by rule against none",
        "price_index",
        by_rule("fixed needs", 2, UNDERCUT),
        by_rule("fixed needs", 0, UNDERCUT),
        -1,
        by_construction=f"{NEVER_ABOVE}; and {ONE_MORE}",
    )
    all_known = Contrast(
        "`price_index`, 6 that undercut by rule against 2, all known to all",
        "price_index",
        by_rule("fixed needs", 6, UNDERCUT, 1.0),
        by_rule("fixed needs", 2, UNDERCUT, 1.0),
        -1,
        by_construction=AT_COST,
    )
    return Claim(
        "Several arbitrageurs push consumer prices down",
        "arXiv:2603.22404",
        (*number, *answered, ruled, all_known),
        short="several lower prices",
    )
