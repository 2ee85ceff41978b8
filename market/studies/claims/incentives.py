"""The claim that arbitrage takes from what better models earn."""

from market.studies.claims.experiments import Claim, Contrast
from market.studies.claims.markets import DEMANDS, with_release

BETTER, WEAKER = 0.6, 0.5  # of attempts solved; the incumbent at this price solves .553
SENSITIVITY = ("β 0.1", "β 1.1", "β 1.8")
ACROSS = {  # few: each seed has a model of its own, and all cascades with it are searched
    "fixed needs": (*SENSITIVITY, "undercut", "reach 1"),
    "buyers choose quality": SENSITIVITY,
}
MODELS = {"gpt5mini": "OpenAI", "deepseek": "DeepSeek", "minicoder4b": "mini-coder"}


def improving() -> Claim:
    """What a better model earns: an entrant's, an incumbent's, and a little better one.

    Not forced: routing sends each query to what is cheapest there, so that the best model loses
    queries that it does not need to be best at, and a model that is best nowhere gains those at
    which it saves.
    """
    experiments = []
    for demand in DEMANDS:
        better, weaker = (
            [with_release(demand, count, rate) for count in (2, 0)] for rate in (BETTER, WEAKER)
        )
        before = [with_release(demand, count, None) for count in (2, 0)]
        experiments.append(
            Contrast(
                "profit of an entrant with a better model at an incumbent's price, 2 arbitrageurs "
                "against none",
                "Challenger: profit",
                better[0],
                better[1],
                -1,
                demand,
                refuted_by="Cascades buy more of it than buyers would.",
                across=ACROSS[demand],
            )
        )
        experiments.append(
            Contrast(
                "what the same model adds to the profit of the incumbent that releases it, 2 "
                "arbitrageurs against none",
                "OpenAI + Challenger: profit",
                better[0],
                better[1],
                -1,
                demand,
                less=(before[0], before[1]),
                refuted_by="With arbitrageurs it takes less from the incumbent's older model than "
                "it earns.",
                across=ACROSS[demand],
            )
        )
        if demand == "fixed needs":
            experiments.append(
                Contrast(
                    "profit of an entrant with a weaker model at the incumbent's price, 2 "
                    "arbitrageurs against none",
                    "Challenger: profit",
                    weaker[0],
                    weaker[1],
                    -1,
                    demand,
                    refuted_by="It earns by being useful in cascades, though nowhere the cheapest "
                    "alone.",
                    across=ACROSS[demand],
                )
            )
        experiments += [
            Contrast(
                f"revenue of {name} from a unit more of its model's logit solve probability, 2 "
                "arbitrageurs against none",
                f"{model}: marginal_revenue_capability",
                before[0],
                before[1],
                -1,
                demand,
                refuted_by="A better model earns more where arbitrageurs can move to it at once.",
                across=ACROSS[demand],
            )
            for model, name in MODELS.items()
        ]
    return Claim(
        "Arbitrage dampens the incentive to build better models",
        "beyond the paper",
        tuple(experiments),
        "The release is at tick 4 of 12, with 1,000 buyers, at list prices; each seed draws on "
        "which problems the new model is good. What a release takes from whom is in "
        "[The incentive to improve](incentives.md).",
        short="arbitrage dampens the incentive to improve",
    )
