"""The claim that arbitrage breaks the collusion that pricing algorithms learn."""

from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.markets import with_learners

ACROSS = ("β 0.1", "β 1.1", "β 1.8", "reach 1")  # each market is a table of 81


def colluding() -> Claim:
    """What Q-learners earn of what agreeing would add.

    Not forced: routing makes demand answer to differences between the providers' prices, but a
    price cut shows and is punished as without it.
    """
    learners = {
        "": "who know the last prices",
        "_without_memory": "who do not, so that no price can be a threat",
    }
    experiments = []
    for suffix, words in learners.items():
        for measure, what, refuted_by in (
            (
                "profit_gain",
                "share of what agreeing would add to profit that Q-learners earn",
                "They learn as much, or more, of what agreeing would add.",
            ),
            (
                "learned_price",
                "mean price over list that Q-learners end at",
                "They end at prices as high, or higher.",
            ),
        ):
            experiments.append(
                Contrast(
                    f"{what}, {words}; 2 arbitrageurs against none",
                    f"{measure}{suffix}",
                    with_learners(2),
                    with_learners(0),
                    -1,
                    refuted_by=refuted_by,
                    across=ACROSS,
                )
            )
    return Claim(
        "Arbitrage breaks the collusion that pricing algorithms learn",
        "beyond the paper",
        tuple(experiments),
        "These are not runs: OpenAI and DeepSeek learn on a table of expected profits (9 prices "
        "each, 500 buyers, 6 sessions a seed) while arbitrageurs, who undercut by rule here, are "
        "at rest. [Algorithms that collude](collusion.md) has finer ones and what follows a "
        "deviation.",
        short="arbitrage breaks learned collusion",
    )
