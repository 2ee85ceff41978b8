"""Logs of routers, as they are written."""

import json

import pytest
from importers.other_files import put, put_rows

from market.foundation.errors import DataError
from market.importers.router_logs import LogFields, read_router_logs

ROW = {"query_id": "q1", "models": ["a", "b"], "cost": 0.5, "solved": 1}


def test_a_row_gives_models_in_their_order_cost_and_result(tmp_path):
    (query,) = read_router_logs(put_rows(tmp_path / "log.jsonl", ROW))
    assert query[:4] == ("q1", ("a", "b"), 0.5, 1.0)


def test_a_csv_separates_models_by_arrows(tmp_path):
    file = put(tmp_path / "log.csv", "id,model,cost,correct\n7,a > b,0.5,true\n")
    assert read_router_logs(file)[0][:4] == ("7", ("a", "b"), 0.5, 1.0)


def test_costs_of_each_model_add_up(tmp_path):
    file = put_rows(tmp_path / "log.jsonl", ROW | {"cost": [0.25, 0.5]})
    assert read_router_logs(file)[0].cost == 0.75


def test_fields_may_be_named_and_nested(tmp_path):
    row = {"a": {"b": 3}, "m": "x", "usd": 1, "ok": False}
    fields = LogFields("a.b", "m", "usd", "ok")
    found = read_router_logs(put_rows(tmp_path / "l.jsonl", row), fields)
    assert found[0][:4] == ("3", ("x",), 1.0, 0.0)


def test_a_missing_field_is_refused_with_what_was_looked_for(tmp_path):
    row = {k: v for k, v in ROW.items() if k != "solved"}
    with pytest.raises(DataError, match=r"log.jsonl:1: no field for the solved .*--solved FIELD"):
        read_router_logs(put_rows(tmp_path / "log.jsonl", row))


def test_a_bad_row_is_named_by_file_and_line(tmp_path):
    file = put_rows(tmp_path / "log.jsonl", ROW, ROW | {"cost": -1})
    with pytest.raises(DataError, match=r"log.jsonl:2: cost is -1"):
        read_router_logs(file)


def test_a_file_that_is_no_log_is_refused(tmp_path):
    with pytest.raises(DataError, match="no router log; looked for JSON lines"):
        read_router_logs(put(tmp_path / "log.txt", json.dumps(ROW)))
