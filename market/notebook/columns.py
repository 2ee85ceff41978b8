"""What the columns of results' tables mean: those that are measures, and those listed here."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from market.measures.labels import MEASURES
from market.results.run_result import RunResult
from market.studies.comparison import Comparison
from market.studies.comparisons import Comparisons
from market.studies.study import Study

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        # what a row is about
        "tick": "tick, from 0",
        "provider": "name of the provider",
        "arbitrageur": "name of the arbitrageur",
        "group": "group of the scenario that the arbitrageur belongs to",
        "segment": "segment of consumers",
        "model": "name of the model",
        "seller": "name of the provider or arbitrageur that sells",
        "buyer": "number of the buyer in its segment",
        "problem": "the problem that the query asks",
        "problems": "query mix that the prices are for",
        "quality": "solve rate of the menu entry, or of the tier",
        "student": "whether the model is a student, made by distillation",
        "active": "whether the seller is in the market",
        "owner": "provider that owns the seller, where several have one owner",
        "side": "letter of the market that is compared with the first",
        "queries_routed": "queries that buyers' own routers served",
        "role": "provider, arbitrageur, owner, segment or market",
        "name": "who the row is about",
        "measure": "the measure",
        # money and queries of agents, US dollars per tick where not said otherwise
        "cost": "cost of serving, USD per tick",
        "direct_revenue": "revenue from consumers, USD per tick",
        "resale_revenue": "revenue from arbitrageurs for attempts, USD per tick",
        "fitting_revenue": "revenue from attempts that routers are fitted on, USD per tick",
        "token_revenue": "revenue from outputs that students are trained on, USD per tick",
        "revenue_share": "share of all providers' revenue",
        "direct_queries": "queries that consumers sent to it directly",
        "queries": "queries served",
        "queries_sent": "queries sent",
        "queries_served": "queries served",
        "queries_solved": "queries solved",
        "queries_accepted": "queries whose answer was accepted, right or wrong",
        "accepted": "queries whose answer was accepted, or whether that of the query was",
        "solved": "queries solved, or whether the query was",
        "fees": "fees from consumers, USD per tick",
        "spend": "spent on attempts, USD per tick",
        "student_sales": "sales of its own student, USD per tick",
        "tax": "routing tax paid, USD per tick",
        "outlay": "one-off outlays, USD in the tick",
        "balance": "what it owns, USD",
        "regret": "spent more than one who knows the models would, expected, USD per tick",
        "paid": "paid by consumers, USD",
        "posted_price": "price on the menu, USD per query",
        "attempts": "attempts made with the model",
        "list_spend": "spent on the model at list price, USD per tick",
        "price_multiplier": "posted price over list price",
        "consumer_payments": "paid by all consumers, USD per tick",
        "imbalance": "what all accounts do not sum to, USD; 0 but for rounding",
        "producer_surplus": "profit of all providers, USD per tick",
        "arbitrageur_surplus": "profit of all arbitrageurs, USD per tick",
        # as last measured
        "elasticity": "price elasticity of the provider's quantity, as last measured",
        "elasticity_error": "standard error of the elasticity",
        "marginal_revenue": "revenue from one more query, USD, as last measured",
        "marginal_revenue_capability": "revenue from a better model, USD, as last measured",
        "deviation_gain": "most that another price would gain, as a share of profit",
        # statistics
        "a": "mean in the first market",
        "b": "mean in the second market",
        "difference": "mean of the paired difference",
        "relative": "difference over the size of the baseline's mean",
        "mean": "mean over the replicates",
        "standard_error": "standard error over the replicates",
        "low": "lower end of the 95% interval",
        "high": "upper end of the 95% interval",
        "replicates": "replicates used",
        "sample_low": "lower end of the 95% interval that also says how sure the problems are",
        "sample_high": "upper end of the 95% interval that also says how sure the problems are",
        # of studies
        "run_id": "name of the run",
        "point": "number of the design point",
        "replicate": "number of the replicate",
        "seed": "root seed of the run",
        "status": "done, failed or waiting",
        "error": "why the run failed",
        "folder": "where its tables are kept",
        "parameter": "dotted path of the parameter",
        "other": "the second parameter of a pair",
        "baseline": "value of the parameter at the baseline",
        "value": "value of the parameter, or of the index",
        "index": "mu_star and sigma of Morris; S1, ST and S2 of Sobol",
        "method": "morris or sobol",
    }
)
"""By the name of a column that is not a measure, or means something else than the measure."""


def columns(result: RunResult | Study | Comparison | Comparisons) -> pd.DataFrame:
    """A row per table and column: `table`, `column` and `meaning`."""
    frames = _frames(result)
    varied = _parameters(result)
    rows = [
        (name, str(column), meaning(str(column), varied))
        for name, frame in frames.items()
        for column in frame.columns
    ]
    return pd.DataFrame(rows, columns=["table", "column", "meaning"])


def meaning(column: str, parameters: tuple[str, ...] = ()) -> str:
    """What a column holds; empty if that is not known."""
    if column in parameters:
        return f"value of {column}, as varied"
    if column.startswith("to:"):
        return f"paid on to {column.removeprefix('to:')}, USD"
    if column in MEANINGS:
        return MEANINGS[column]
    return MEASURES[column].label if column in MEASURES else ""


def _frames(result: RunResult | Study | Comparison | Comparisons) -> Mapping[str, pd.DataFrame]:
    if isinstance(result, RunResult):
        return result.tables
    return result.tables() if isinstance(result, Study) else result.frames


def _parameters(result: RunResult | Study | Comparison | Comparisons) -> tuple[str, ...]:
    return tuple(result.design.parameters) if isinstance(result, Study) else ()
