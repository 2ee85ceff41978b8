"""The claim that supply meets demand better: efficiency, welfare, and what buyers gain."""

from market.measures.counted import counted
from market.studies.claims.assumptions import across
from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.markets import DEMANDS, by_rule, with_resellers
from market.studies.claims.prices import UNDERCUT


def matching() -> Claim:
    """The arbitrageur as a market maker.

    Not forced: a fee above cost keeps buyers from solutions that are worth what they cost, and a
    reseller that is liked may serve at a higher cost than a provider. Consumer surplus cannot fall
    while providers keep to list prices, since nobody has to buy of a new seller; so it is judged
    where they answer, and may take the gain back.
    """
    efficient = [
        Contrast(
            f"`{measure}`, {counted(count, 'arbitrageur')} against none",
            measure,
            with_resellers(demand, count),
            with_resellers(demand, 0),
            1,
            demand,
            refuted_by=refuted_by,
            across=across(demand, several=count > 1, costs=True),
        )
        for measure, counts, refuted_by in (
            (
                "efficiency",
                (1, 2),
                "The market with arbitrageurs is further from what a planner would do with their "
                "technology.",
            ),
            ("welfare", (2,), "Fees above cost turn away more than cheaper solutions add."),
        )
        for demand in DEMANDS
        for count in counts
    ]
    answered = [
        Contrast(
            "`consumer_surplus` when providers answer too, 2 arbitrageurs against none",
            "consumer_surplus",
            with_resellers(demand, 2, replies=True),
            with_resellers(demand, 0, replies=True),
            1,
            demand,
            refuted_by="Providers raise their prices by more than buyers gain.",
            across=across(demand, costs=True, slow=True),
        )
        for demand in DEMANDS
    ]
    ruled = Contrast(
        "`consumer_surplus`, providers at list prices, 2 arbitrageurs against none",
        "consumer_surplus",
        by_rule("fixed needs", 2, UNDERCUT),
        by_rule("fixed needs", 0, UNDERCUT),
        1,
        by_construction="a new seller at unchanged prices of the others never lowers it",
    )
    return Claim(
        "The arbitrageur is a market maker: supply meets demand better than in bilateral trade",
        "the paper's reading",
        (*efficient, *answered, ruled),
        "`efficiency` is welfare over that of a planner who has the technology of all sellers that "
        "a buyer knows. With arbitrageurs the planner can do better, too, so efficiency may fall "
        "while `welfare`, in dollars, rises.",
        short="better matching",
    )
