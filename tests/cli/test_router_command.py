"""`market router`, as it is called."""

import json

import pytest
from typer.testing import CliRunner

from market.cli.app import app


@pytest.fixture
def folder(tmp_path):
    records = tmp_path / "records"
    records.mkdir()
    for model, cost, solves in (("cheap", 0.1, 2), ("dear", 1.0, 3)):
        rows = [
            {"id": f"p{i}", "mean_cost": cost, "attempts": [(i + k) % 4 < solves for k in range(6)]}
            for i in range(12)
        ]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (records / f"{model}.jsonl").write_text(text)
    return tmp_path


def asked(folder, rows, *more):
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ["router", str(folder / "log.jsonl"), "--records", str(folder / "records")]
    return CliRunner().invoke(app, [*command, *more])


def rows(**more):
    return [
        {"query_id": f"p{i}", "model": "cheap", "cost": 0.1, "solved": i % 2} | more
        for i in range(12)
    ]


def test_the_answer_has_the_routers_point(folder):
    answer = json.loads(asked(folder, rows(), "--json").stdout)
    assert answer["router"]["solve_rate"]["value"] == 0.5
    assert answer["router"]["cost"]["value"] == pytest.approx(0.1)


def test_queries_of_unknown_problems_are_left_out_and_said(folder):
    answer = asked(folder, [*rows(), rows()[0] | {"query_id": "other"}], "--json", "--draws", "0")
    assert json.loads(answer.stdout)["notes"] == [
        "Left out: 1 of 13 queries, whose problems are not in the records ('other')"
    ]


def test_a_log_of_other_problems_is_refused(folder):
    answer = asked(folder, rows(query_id="other"))
    assert answer.exit_code == 2
    assert "none of its 12 queries is of a problem in the records" in answer.output


def test_a_model_without_records_counts_as_served(folder):
    answer = json.loads(asked(folder, rows(model="new"), "--json", "--draws", "0").stdout)
    assert answer["notes"][0].startswith("12 queries were answered by models without records (new)")


def test_a_query_without_a_cost_is_refused_with_the_way_out(folder):
    answer = asked(folder, rows(cost=None))
    assert answer.exit_code == 2
    assert "log.jsonl:1: the query has no cost; give its field with --cost" in answer.output


def test_missing_costs_may_be_taken_from_the_records(folder):
    answer = json.loads(asked(folder, rows(cost=None), "--fill-costs", "--json").stdout)
    assert answer["router"]["cost"]["value"] == pytest.approx(0.1)


def test_one_query_has_an_answer(folder):
    answer = asked(folder, rows()[1:2])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Your router solves 100.0%")


def test_a_chart_is_a_page_of_its_own(folder):
    answer = asked(folder, rows(), "--draws", "0", "--chart", str(folder / "c.html"))
    assert answer.exit_code == 0, answer.output
    assert "your router" in (folder / "c.html").read_text(encoding="utf-8")


def test_a_log_in_which_nothing_is_solved_is_refused(folder):
    answer = asked(folder, rows(solved=0.5))
    assert answer.exit_code == 2
    assert "none of the 12 queries was solved" in answer.output
