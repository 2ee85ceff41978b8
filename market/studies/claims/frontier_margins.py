"""Claims about the pack's frontier: how much a cascade saves, and where that comes from."""

from typing import Any

from market.studies.claims.experiments import Claim, Curve

PAIR: dict[str, Any] = {"models": ("gpt5mini", "deepseek"), "statistic": "at"}
NO_MORE = "No more than chance would leave of it with another sample of problems."


def cascades() -> Claim:
    """Margins of a pair of models.

    At fixed solve rates: an interval of the largest margin over solve rates would be that of a
    maximum, which chance pushes up. Not forced: with other problems neither model may be worth
    trying first, and the margin is 0.
    """
    return Claim(
        "Simple cascades over GPT-5 mini and DeepSeek v3.2 earn up to 40% on SWE-bench",
        "arXiv:2603.22404",
        (
            *(
                Curve(
                    f"margin of the pair at solve rate {rate:.2f}, above 0",
                    low=rate,
                    sign=1,
                    refuted_by=NO_MORE,
                    **PAIR,
                )
                for rate in (0.70, 0.72, 0.74)
            ),
            Curve(
                "margin of the pair at solve rate 0.74, above 0.40",
                low=0.74,
                against=0.4,
                sign=1,
                refuted_by="At most 40% even near the highest solve rate of one model.",
                **PAIR,
            ),
        ),
        "The highest solve rate of a single model is close to 0.75 in this sample of problems, and "
        "few problems decide what it costs there. The paper's own procedure, rerun on its records "
        "by `market paper`, gives 41% at that point.",
        short="margins of a pair up to 40%",
    )


def heterogeneity() -> Claim:
    """Where the margin comes from: specialisation, or levels of skill and cost.

    Not forced: a cascade also pays where problems are equally hard, and dear, for all models in the
    same order, if one is cheap and weak and another dear and strong. So specialisation (which
    problems are easy, and cheap, for whom) and levels are taken away in turn.
    """
    return Claim(
        "The profit comes from heterogeneity: what is easy for one model is expensive for another",
        "arXiv:2603.22404",
        (
            Curve(
                "mean margin, without specialisation against as they are",
                "mean",
                alike=1,
                against_alike=0,
                differences="specialisation",
                refuted_by="Models that find the same problems hard leave as much to earn.",
            ),
            Curve(
                "mean margin without specialisation, against half of that as they are",
                "mean",
                alike=1,
                against_alike=0,
                differences="specialisation",
                times=0.5,
                refuted_by="More than half of the margin is left: it comes from levels of skill "
                "and cost, not from what is easy for whom.",
            ),
            Curve(
                "mean margin without differences of level, against half of that as they are",
                "mean",
                alike=1,
                against_alike=0,
                differences="level",
                times=0.5,
                sign=1,
                refuted_by="Less than half is left where all are as good and as cheap on the "
                "whole.",
            ),
            Curve(
                "mean margin, models half alike against as they are",
                "mean",
                alike=0.5,
                against_alike=0,
                by_construction="it has to fall somewhere on the way to 0",
            ),
            Curve(
                "mean margin, all the same model",
                "mean",
                alike=1,
                by_construction="a cascade of one model is that model",
            ),
        ),
        short="margins from specialisation",
    )
