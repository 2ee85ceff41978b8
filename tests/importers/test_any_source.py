"""Commands take any source that can be imported; readers come from other packages too."""

import json
from importlib import metadata

import pytest
from importers.other_files import put, put_rows
from typer.testing import CliRunner

from market.cli.app import app
from market.foundation.errors import DataError
from market.importers import Attempt, ImportPlan, import_source
from market.importers.cached import as_records
from market.importers.formats import importers
from market.scenario.files import load
from market.scenario.problems_on_sale import build_population

TABLE = "problem,model,solved,cost\n" + "".join(
    f"p{i},{model},{(i + k) % 3 > 0:d},{0.1 * (k + 1)}\n"
    for i in range(6)
    for k, model in enumerate(("cheap", "dear"))
    for _ in range(3)
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def told(*arguments: str) -> dict:
    answer = CliRunner().invoke(app, [*arguments, "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_the_frontier_of_a_table_is_that_of_its_import(tmp_path):
    file = put(tmp_path / "x.csv", TABLE)
    told("import", str(file), "--out", str(tmp_path / "records"))
    direct, by_hand = (
        told("frontier", str(of), "--draws", "0") for of in (file, tmp_path / "records")
    )
    assert direct["market_price"] == by_hand["market_price"]
    assert direct["source"] == "attempt records: x.csv, 6 shared problems"


def test_a_table_of_other_columns_is_sent_to_the_command_that_names_them(tmp_path):
    file = put(tmp_path / "x.csv", TABLE.replace("solved", "ok", 1))
    with pytest.raises(DataError, match="--solved") as refused:
        as_records(file)
    assert str(refused.value).endswith(f"those of: market import {file} --out FOLDER")


def test_a_wrong_row_of_a_source_is_told_without_options(tmp_path):
    file = put(tmp_path / "x.csv", TABLE + "p7,cheap,1,-1\n")
    with pytest.raises(DataError) as refused:
        as_records(file)
    assert "\n" not in str(refused.value)


def test_a_source_is_imported_once(tmp_path):
    file = put(tmp_path / "x.csv", TABLE)
    first = as_records(file)
    made = (first / "source.json").stat().st_mtime_ns
    assert as_records(file) == first
    assert (first / "source.json").stat().st_mtime_ns == made


def test_a_source_that_changed_is_imported_anew(tmp_path):
    file = put(tmp_path / "x.csv", TABLE)
    first = as_records(file)
    put(file, TABLE + "p7,cheap,1,0.1\n")
    assert as_records(file) != first


def test_records_need_no_import(tmp_path):
    put_rows(tmp_path / "s" / "m.jsonl", {"id": 1, "attempts": [1], "mean_cost": 1})
    assert as_records(tmp_path / "s") == tmp_path / "s"


def test_a_pack_keeps_where_its_records_are_from(tmp_path):
    file = put(tmp_path / "x.csv", TABLE)
    told("calibrate", str(file), "--classes", "2", "--out", str(tmp_path / "pack"))
    about = json.loads((tmp_path / "pack" / "source.json").read_text())
    assert about["files"][0]["name"] == "x.csv"


def test_a_scenario_s_records_may_be_any_source(tmp_path):
    put(tmp_path / "x.csv", TABLE)
    put(
        tmp_path / "mine.toml",
        'extends = "synthetic"\n[population]\nsource = "records"\nfolder = "x.csv"\n'
        '[[providers]]\nname = "one"\nmodels = ["cheap"]\n',
    )
    spec = load(tmp_path / "mine.toml", set=["providers=[{name='one', models=['cheap']}]"])
    assert build_population(spec).models == ("cheap",)


def test_a_dry_run_writes_nothing_and_says_what_it_found(tmp_path):
    file = put(tmp_path / "x.csv", TABLE)
    answer = CliRunner().invoke(app, ["import", str(file), "--dry-run"])
    assert answer.exit_code == 0
    assert "Dry run: nothing is written" in answer.stdout
    assert "3 ██████████████████████████████ 12" in answer.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_an_import_needs_a_place(tmp_path):
    answer = CliRunner().invoke(app, ["import", str(put(tmp_path / "x.csv", TABLE))])
    assert answer.exit_code == 2
    assert "--out is missing" in answer.stderr


def test_half_a_price_is_refused(tmp_path):
    put_rows(tmp_path / "s" / "m.jsonl", {"id": 1, "attempts": [1], "mean_cost": 1})
    command = ["reprice", str(tmp_path / "s"), "--out", str(tmp_path / "o"), "--input", "1"]
    answer = CliRunner().invoke(app, command)
    assert (answer.exit_code, "--input and --output: give both" in answer.stderr) == (2, True)


# readers of other packages


class Lines:
    """A reader of lines `problem result`."""

    name = "lines"
    looks_for = "*.lines"
    options: frozenset[str] = frozenset()

    def files(self, source):
        return source.of_kind(".lines")

    def attempts(self, files, source, options, log):
        for file in files:
            for number, line in enumerate(file.read_text().splitlines(), start=1):
                problem, solved = line.split()
                yield Attempt("m", problem, int(solved), 0.5, None, None, None, None, file, number)


@pytest.fixture
def offered(monkeypatch):
    def offer(value: str):
        point = metadata.EntryPoint("lines", value, "market.importers")
        monkeypatch.setattr(
            "market.importers.formats.entry_points",
            lambda group: [point] if group == "market.importers" else [],
        )
        importers.cache_clear()

    yield offer
    monkeypatch.undo()
    importers.cache_clear()


def test_a_reader_of_another_package_is_used(tmp_path, offered):
    offered("importers.test_any_source:Lines")
    summary = import_source(ImportPlan(put(tmp_path / "x.lines", "p 1\nq 0\n")), tmp_path / "out")
    assert (summary.reader, summary.models[0].attempts) == ("lines", 2)


def test_a_reader_that_cannot_be_used_stops_only_who_names_it(tmp_path, offered):
    offered("importers.nowhere:Lines")
    file = put(tmp_path / "x.csv", TABLE)
    import_source(ImportPlan(file), tmp_path / "out")
    with pytest.raises(
        DataError, match=r"entry point importers\.nowhere:Lines: cannot be imported"
    ):
        import_source(ImportPlan(file, format="lines"), tmp_path / "more")
