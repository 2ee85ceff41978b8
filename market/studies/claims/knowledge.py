"""Claims about what arbitrageurs own: a distilled student, and knowledge of who solves what."""

from market.studies.claims.assumptions import across
from market.studies.claims.experiments import Claim, Contrast, Sign
from market.studies.claims.markets import with_distiller, with_rivals

_STUDENT = "arbitrageurs.distiller.distillation"
BAN = {"policy.distillation_ban": True}


def _tokens(number: float) -> dict[str, float]:
    return {f"{_STUDENT}.when": 0, f"{_STUDENT}.tokens": number}


def distilling() -> Claim:
    """Distillation pays, the more the more tokens, and harms the teacher.

    Not forced: profit is net of the tokens and the training, and the teacher's of what it is paid
    for the tokens; the student is distilled at the first tick whether it will pay or not. A student
    may turn out too weak to earn back its outlay, and cheaper work may bring the teacher's cascade
    more buyers than the student takes from it.
    """
    gain, loss = "distiller-1: net_profit", "Alibaba: net_profit"
    rows: tuple[tuple[str, str, float, float | None, Sign, str], ...] = (
        (gain, "distiller's", 1.8e9, None, 1, "The student does not earn back what it cost."),
        (gain, "distiller's", 5.4e9, 2e8, 1, "A better student earns less than it cost more."),
        (
            loss,
            "teacher's",
            1.8e9,
            None,
            -1,
            "What the teacher is paid for tokens, and by more buyers, outweighs what it loses.",
        ),
    )
    return Claim(
        "Distillation adds opportunities, the more the more tokens, and harms the teacher",
        "arXiv:2603.22404",
        tuple(
            Contrast(
                f"{whose} profit since the start, {many / 1e9:g}B tokens against "
                + (f"{few / 1e9:g}B" if few else "a ban"),
                measure,
                with_distiller(_tokens(many)),
                with_distiller(_tokens(few) if few else BAN),
                sign,
                refuted_by=refuted_by,
                across=across("fixed needs", costs=measure == loss, slow=True),
            )
            for measure, whose, many, few, sign, refuted_by in rows
        ),
        short="distillation pays",
    )


def routing() -> Claim:
    """The better informed of two rivals in the same market earns more.

    Not forced, as a monopolist's gain from knowing more would be: both sell to the same buyers at
    once, and choose fees for profit. A rival that knows little errs, promises what costs it more
    than it thinks, and so takes buyers from the one who knows better. What knowledge cost is
    deducted where it was bought.
    """
    rows = (
        ("accuracy", 1.0, 0.0, "one always sees a query's type, the other never"),
        ("accuracy", 0.5, 0.0, "one sees a query's type half the time, the other never"),
        ("budget", 100, 10, "one paid $100 to learn the models, the other $10"),
        ("budget", 1000, 100, "one paid $1000 to learn the models, the other $100"),
    )
    return Claim(
        "The moat is the routing: knowing which model handles which query",
        "the paper's reading",
        tuple(
            Contrast(
                f"net profit of the better informed against its rival's: {says}",
                "informed-1: net_profit",
                market := with_rivals({key: more}, {key: less}),
                market,
                1,
                against_measure="other-1: net_profit",
                refuted_by="The one that knows less earns as much: it pays less for knowledge, or "
                "sells by its errors.",
                across=across("fixed needs", slow=True),
            )
            for key, more, less, says in rows
        ),
        short="knowledge is the moat",
    )
