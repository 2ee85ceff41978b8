"""What the page of claims says besides its tables."""

from market.studies.claims.experiments import Contrast, Curve

MARK = "This page is written by `market claims`."
INTRODUCTION = """# Claims, and what the simulator finds

{mark} {short}

## How it is found

Each claim about markets with arbitrage is put to experiments whose outcome may be the other one;
what would refute it stands below its table. Most are made under two kinds of demand: *fixed
needs*, where a buyer needs one solve rate (the scenario `swebench`), and *buyers choose quality*,
where a solution is worth something and buyers decide how much quality to buy (`value_demand`).
Where an outcome follows from a rule it is shown as such (*by construction*) and not counted.

On the assumptions of this page, arbitrageurs choose their fees for profit, given what others post
(`best_response`, no least margin, never below expected cost), and 80% of buyers know at least one
of them, however many they are: with n of them each is known with a chance a such that 1 − (1 − a)ⁿ
is 0.8. Providers post list prices unless it says that they answer; their marginal cost is half of
it. `price_sensitivity` β is 10. Then each is changed, one at a time, and β under both kinds of
demand; columns mean:

{columns}

A finding is a mean difference with its 95% interval. Simulated markets are paired: both sides have
the same seeds, buyers, tastes and queries ({replicates} seeds each, Student t; {runs} runs in
all). They are the shipped scenarios with 2,000 buyers and 24 ticks; where amounts of money are
fixed (tokens, training, a fitting budget) 10,000 buyers, and 60 ticks for distillation. Measures
are means of the last quarter of the ticks, profits since the start their last value. Margins of
the pack's frontier have no seeds: their interval is a bootstrap over problems ({draws} draws, one
search: the policies that are best on the pack are re-weighted).

What a verdict **rests on** stands beside it: *posted prices*, of the baskets of the buyers drawn;
*expectations* over what these buyers may send and choose; *queries served*, which are counted; or
*problems* drawn anew.

An experiment **holds** where the whole interval lies on the claimed side of 0, is **reversed**
where it lies on the other, and is **undecided** where 0 is in it, or where it might be chance
among the {verdicts} verdicts of this page: they are corrected for their number (Holm 1979), so
that the chance that any of them errs is below 5%. Few seeds leave an error itself unsure; for
verdicts it is shrunk towards those of the same experiment under the other assumptions (moderated
t; Smyth 2004). Marks: {legend}.

What this cannot show: buyers' needs, values and tastes are assumed, and a claim that holds here
holds in this model. The interval of a simulated market covers chance in the model; that the pack
is one sample of problems is in the column *problems*, where each seed draws them anew. The marks
cover the assumptions that they list, one at a time.
"""

_RESTS_ON = {
    **dict.fromkeys(("price_index", "price_index_paid"), "posted prices"),
    **dict.fromkeys(("revenue_per_query", "revenue_elasticity", "efficiency"), "expectations"),
    "marginal_revenue_capability": "expectations",
}


def rests_on(experiment: Contrast | Curve) -> str:
    """What a verdict rests on, in two words."""
    if isinstance(experiment, Curve):
        return "problems"
    if experiment.market.asks is not None:
        return "expectations"
    measure = experiment.measure.rpartition(": ")[2]
    return _RESTS_ON.get(measure, "queries served")
