"""The result of a run: tidy tables, their summary, and the folder that holds them."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from market.foundation.atomic_files import whole_folder
from market.foundation.errors import ScenarioError
from market.foundation.formats import MANIFEST, RUN
from market.foundation.json_values import finite
from market.foundation.shown import Tabled
from market.foundation.text_files import file_is_there
from market.measures.formulas import last_quarter_ticks, period
from market.measures.labels import CUMULATIVE
from market.results.learning import learned
from market.results.result_folder import read_manifest, read_table
from market.results.summary import Summary
from market.scenario.files import load, to_toml
from market.scenario.interventions import mergers
from market.scenario.schema import Scenario

RUN_TABLES = RUN.tables
EARNED = "revenue", "profit", "net_profit"  # of each agent


@dataclass(frozen=True)
class PriceDynamics:
    """What providers' prices do in the last quarter of a run.

    Attributes
    ----------
    state
        `settled` (converged), `cycling` or `moving`.
    period
        Ticks after which they repeat: 1 where they have converged; None where they do not.
    deviation_gain
        The most that a provider that best-responds would gain by another price, as a share of its
        profit, as last measured; NaN where none does.
    """

    state: str
    period: int | None
    deviation_gain: float


@dataclass(frozen=True, repr=False)
class RunResult(Tabled):
    """Everything that a run found.

    Attributes
    ----------
    market
        A row per tick: the measures of the whole market.
    providers, arbitrageurs, consumers, models
        A row per tick and agent (or model).
    trades
        A row per tick, seller and quality tier: posted price, and what was sold at it.
    queries
        A row per query, if `record_queries` was set; else None.
    scenario
        As resolved.
    versions
        Of this program, Python, and what computed the numbers.
    warnings
        What a user was warned of while it ran, in words.
    """

    market: pd.DataFrame
    providers: pd.DataFrame
    arbitrageurs: pd.DataFrame
    consumers: pd.DataFrame
    models: pd.DataFrame
    trades: pd.DataFrame
    queries: pd.DataFrame | None
    scenario: Scenario
    versions: Mapping[str, str]
    warnings: tuple[str, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name; without `queries` if they were not recorded."""
        found = {name: getattr(self, name) for name in RUN_TABLES}
        return {name: table for name, table in found.items() if table is not None}

    @property
    def summary(self) -> dict[str, float]:
        """Mean of each measure over the last quarter of the ticks; NaN where never measured.

        Of what is counted since the start, the last value.
        """
        return Summary(self._summary)

    @cached_property
    def _summary(self) -> dict[str, float]:
        last = self._last_quarter(self.market).drop(columns="tick")
        means = {str(name): float(value) for name, value in last.mean().items()}
        sums = {name: float(last[name].iloc[-1]) for name in CUMULATIVE if name in last}
        return {name: sums.get(name, value) for name, value in means.items()}

    @property
    def price_dynamics(self) -> PriceDynamics:
        """Whether providers' prices have converged, cycle, or keep moving."""
        prices = self.models.pivot_table(
            index="tick",
            columns=["model", "provider"],
            values="price_multiplier",
            dropna=False,
            sort=False,
            observed=True,
        ).to_numpy(dtype=np.float64)
        lag = period(prices, len(last_quarter_ticks(self.scenario.ticks)))
        gains = self.providers.dropna(subset="deviation_gain")
        last = gains[gains["tick"] == gains["tick"].max()]
        gain = float(last["deviation_gain"].max()) if len(last) else float("nan")
        state = "moving" if lag is None else "settled" if lag == 1 else "cycling"
        return PriceDynamics(state, lag, gain)

    @property
    def agents(self) -> dict[str, dict[str, Any]]:
        """Role, revenue and profit per tick by agent, last-quarter means in US dollars.

        An arbitrageur's revenue is its fees, its profit what is left of them; net profit is what
        each has earned since the start, one-off outlays included. Of a provider, also
        the price elasticity of its quantity and the standard error, as last measured; of one that
        enters while the run goes on, also when it did, and after how many ticks it first earned
        anything from queries (None if it never did). Of an arbitrageur that learns, what that cost
        it, and after how many ticks it had paid (:mod:`market.results.learning`). Providers that
        have one owner at any tick are also told together, as an agent of the role `owner`, called
        by all their names: what is one profit is not to be read as that of each.
        """
        return {name: dict(known) for name, known in self._agents.items()}

    @cached_property
    def _agents(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for role, table, name, revenue in (
            ("provider", self.providers, "provider", "revenue"),
            ("arbitrageur", self.arbitrageurs, "arbitrageur", "fees"),
        ):
            last = self._last_quarter(table)
            mean = last.groupby(name, sort=False)[[revenue, "profit"]].mean()
            sums = dict(table.groupby(name, sort=False)["profit"].sum().items())
            for agent, row in mean.iterrows():
                found[str(agent)] = {
                    "role": role,
                    "revenue": float(row[revenue]),
                    "profit": float(row["profit"]),
                    "net_profit": float(sums[agent]),
                }
        slopes = ["elasticity", "elasticity_error"]
        measured = self.providers.dropna(subset="elasticity").drop_duplicates(
            "provider", keep="last"
        )
        for owner, row in measured.set_index("provider")[slopes].iterrows():
            found[str(owner)] |= {name: float(row[name]) for name in slopes}
        for provider in self.scenario.providers:
            if 0 < provider.active_from < self.scenario.ticks:
                own = self.providers[self.providers["provider"] == provider.name]
                earned = own.loc[own["direct_revenue"] + own["resale_revenue"] > 0, "tick"]
                found[provider.name] |= {
                    "entered": provider.active_from,
                    "ticks_to_first_revenue": int(earned.min()) - provider.active_from
                    if len(earned)
                    else None,
                }
        for name, cost in learned(self.arbitrageurs).items():
            found[name] |= cost
        return found | together(found, mergers(self.scenario))

    @property
    def exits(self) -> dict[str, int]:
        """First tick without each seller that left before the end, or went bankrupt."""
        found: dict[str, int] = {}
        for table, column in ((self.providers, "provider"), (self.arbitrageurs, "arbitrageur")):
            there = table[table["active"].astype(bool)]
            for agent, last in there.groupby(column, sort=False)["tick"].max().items():
                if last < self.scenario.ticks - 1:
                    found[str(agent)] = int(last) + 1
        return found

    def _last_quarter(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[table["tick"] >= last_quarter_ticks(self.scenario.ticks).start]

    def save(self, folder: str | Path, overwrite: bool = False) -> Path:
        """Write the result's folder whole, or not at all.

        Parameters
        ----------
        folder
            Parquet tables, `scenario.toml` and `manifest.json` go here.
        overwrite
            Replace an earlier result in `folder`.

        Raises
        ------
        ScenarioError
            The folder exists and is not to be, or not ours to be, replaced; or cannot be written.
        """
        with whole_folder(folder, overwrite) as draft:
            self.write(draft)
        return Path(folder)

    def write(self, folder: Path) -> None:
        """Write tables, scenario and manifest into an existing folder."""
        for name, table in self.tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        (folder / "scenario.toml").write_text(to_toml(self.scenario), encoding="utf-8")
        manifest = {
            "format": RUN.signature,
            "scenario": self.scenario.name,
            "seed": self.scenario.seed,
            "ticks": self.scenario.ticks,
            "tables": {name: len(table) for name, table in self.tables.items()},
            "summary": finite(self.summary),
            "agents": finite(self.agents),
            "price_dynamics": finite(asdict(self.price_dynamics)),
            "versions": dict(self.versions),
        } | ({"warnings": list(self.warnings)} if self.warnings else {})
        if self.scenario.assumed:
            manifest["assumed"] = list(self.scenario.assumed)
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: str | Path) -> "RunResult":
        """Read a folder that :meth:`save` wrote.

        Raises
        ------
        ScenarioError
            The folder holds no result, one that was changed, or one of a newer version.
        """
        source = Path(folder)
        if not file_is_there(source / MANIFEST):
            raise ScenarioError(f"{folder}: holds no result of a run (no {MANIFEST})")
        manifest = read_manifest(source / MANIFEST)
        tables: dict[str, Any] = dict.fromkeys(RUN_TABLES)
        for name in manifest["tables"]:
            tables[name] = read_table(source / f"{name}.parquet", manifest["tables"][name])
        return cls(
            **tables,
            scenario=load(source / "scenario.toml"),
            versions=manifest["versions"],
            warnings=tuple(manifest.get("warnings", ())),
        )


def together(
    agents: Mapping[str, Mapping[str, Any]], merged: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Any]]:
    """Of providers that have one owner, what they earn in all, by what they are called."""
    return {
        name: {"role": "owner"}
        | {what: sum(agents[member][what] for member in members) for what in EARNED}
        for name, members in merged.items()
    }


def versions() -> dict[str, str]:
    """Of this program, Python, and the packages that compute."""
    return dict(_versions())


@cache  # looking them up takes longer than a short run
def _versions() -> Mapping[str, str]:
    packages = ("mesa", "numpy", "scipy", "pandas", "pydantic")
    return {
        "python": platform.python_version(),
        # by its name: an import statement would stand for all that market/__init__.py offers
        "market": import_module("market").__version__,
        **{package: version(package) for package in packages},
    }
