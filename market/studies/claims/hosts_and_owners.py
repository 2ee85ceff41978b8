"""Claims on who sells a model, and who owns its seller."""

from market.studies.claims.assumptions import across
from market.studies.claims.experiments import Claim, Contrast, Sign
from market.studies.claims.markets import with_hosts, with_owners

Outcome = tuple[str, Sign, str]  # measure, sign, and what would refute it


def hosting() -> Claim:
    """Several hosts of one open model bring its price towards its cost.

    Not forced: buyers have tastes for hosts, as for any seller, so that each keeps a markup; and
    who resells may spread over hosts by price, so that none loses all by being dearer.
    """
    outcomes: tuple[Outcome, ...] = (
        ("price_index", -1, "Hosts keep their prices: buyers' tastes for them hold them up."),
        ("OpenAI: profit", -1, "The closed model loses nothing by a cheaper open one."),
    )
    experiments = [
        Contrast(
            f"`{measure}`, {hosts} hosts of the open model against {fewer}, {_resellers(count)}",
            measure,
            with_hosts(hosts, count),
            with_hosts(fewer, count),
            sign,
            refuted_by=refuted_by,
            across=across("fixed needs", slow=True, costs=True),
        )
        for hosts, fewer in ((2, 1), (5, 2))
        for count in (0, 2)
        for measure, sign, refuted_by in outcomes
    ]
    spread = Contrast(
        "`price_index`, 5 hosts, resellers that spread over hosts by price^−2 against the cheapest",
        "price_index",
        with_hosts(5, 2, "price_power"),
        with_hosts(5, 2),
        1,
        refuted_by="Hosts do not answer to how resellers choose among them.",
        across=across("fixed needs", slow=True, costs=True),
    )
    return Claim(
        "Hosts of one open model compete its price down",
        "practice: open weights have many hosts",
        (*experiments, spread),
        "The open model is DeepSeek's; the closed one keeps its list price. Where buyers see no "
        "difference between hosts and buy the cheapest, two reach cost, as a test has it.",
        short="hosts compete an open model's price down",
    )


def owning() -> Claim:
    """A merger of the two largest providers raises prices, and arbitrage weakens that.

    Not forced: resellers mix the merged firm's models with others', which bounds what it can ask;
    but they also buy from both, and one owner may ask more of them than two rivals would.
    """
    merged, apart = ({n: with_owners(one, n) for n in (0, 2)} for one in (True, False))
    slow = across("fixed needs", slow=True, costs=True)
    outcomes: tuple[Outcome, ...] = (
        ("price_index", 1, "What others ask, and not each other, bounds what the two ask."),
        ("consumer_surplus", -1, "Buyers go to others at little loss."),
    )
    experiments = [
        Contrast(
            f"`{measure}`, OpenAI and DeepSeek with one owner against two, {_resellers(count)}",
            measure,
            merged[count],
            apart[count],
            sign,
            refuted_by=refuted_by,
            across=slow,
        )
        for count in (0, 2)
        for measure, sign, refuted_by in outcomes
    ]
    weaker = Contrast(
        "rise of `price_index` by the merger, 2 arbitrageurs against none",
        "price_index",
        merged[2],
        merged[0],
        -1,
        less=(apart[2], apart[0]),
        refuted_by="The merger costs buyers as much, or more, where models are resold.",
        across=slow,
    )
    return Claim(
        "A merger of providers raises prices, and less where there is arbitrage",
        "merger policy",
        (*experiments, weaker),
        "All providers answer with best replies; prices cycle where cascades change their order, "
        "and means over the last quarter are compared.",
        short="arbitrage weakens a merger",
    )


def _resellers(count: int) -> str:
    return f"{count} arbitrageurs" if count else "no arbitrageurs"
