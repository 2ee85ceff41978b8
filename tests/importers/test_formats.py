"""Each format is recognised by its structure, and read as its documentation says."""

import gzip
import json

import pytest
from importers.other_files import (
    harbor_trial,
    imported,
    inspect_log,
    inspect_sample,
    lm_eval_row,
    put,
    put_rows,
    simulation,
    swebench_report,
    tau2_run,
    trajectory,
)

from market.foundation.errors import DataError
from market.importers import ImportOptions

# Harbor


def test_a_harbor_trial_is_an_attempt_with_its_cost_and_tokens(tmp_path):
    harbor_trial(tmp_path / "job", "fix-git__a")
    harbor_trial(tmp_path / "job", "fix-git__b", verifier_result={"rewards": {"reward": 0}})
    put(tmp_path / "job" / "result.json", {"id": "job", "n_total_trials": 2, "stats": {}})
    rows, summary = imported(tmp_path / "job", tmp_path / "out")
    (row,) = rows["gpt-5-mini"]
    assert (row["id"], row["attempts"], row["mean_cost"]) == ("fix-git", [1, 0], 0.03)
    assert row["tokens_in"] == [100_000, 100_000]
    assert row["tokens_cached"] == [40_000, 40_000]
    assert row["domain"] == "terminal-bench"
    assert summary.reader == "harbor"
    assert summary.unread == ["result"]


def test_a_harbor_trial_that_an_exception_ended_failed_and_cost_money(tmp_path):
    harbor_trial(tmp_path / "j", "a", verifier_result=None, exception_info={"exception_type": "X"})
    rows, _ = imported(tmp_path / "j", tmp_path / "out")
    assert (rows["gpt-5-mini"][0]["attempts"], rows["gpt-5-mini"][0]["costs"]) == ([0], [0.03])


def test_a_harbor_trial_that_nothing_verified_is_left_out(tmp_path):
    harbor_trial(tmp_path / "j", "a")
    harbor_trial(tmp_path / "j", "b", verifier_result=None)
    _, summary = imported(tmp_path / "j", tmp_path / "out")
    assert dict(summary.left_out) == {"no verifier_result and no exception_info": 1}


def test_harbor_costs_of_models_are_added_where_there_is_no_sum(tmp_path):
    usage = {"a": {"cost_usd": 0.5}, "b": {"cost_usd": 0.25}}
    harbor_trial(tmp_path / "j", "a", agent_result={"cost_usd": None, "model_usage": usage})
    rows, _ = imported(tmp_path / "j", tmp_path / "out")
    assert rows["gpt-5-mini"][0]["costs"] == [0.75]


def test_harbor_tokens_are_priced_with_the_cached_ones_within_the_input(tmp_path):
    tokens = {"n_input_tokens": 100_000, "n_cache_tokens": 40_000, "n_output_tokens": 2_000}
    harbor_trial(tmp_path / "j", "a", agent_result={**tokens, "cost_usd": None})
    rows, _ = imported(tmp_path / "j", tmp_path / "out")
    # gpt-5-mini: 0.25 for a million of input, 0.025 of cached, 2 of output
    wanted = (60_000 * 0.25 + 40_000 * 0.025 + 2_000 * 2) / 1e6
    assert rows["gpt-5-mini"][0]["costs"] == [pytest.approx(wanted, rel=1e-12)]


def test_of_several_harbor_rewards_one_must_be_chosen(tmp_path):
    harbor_trial(tmp_path / "j", "a", verifier_result={"rewards": {"speed": 0.2, "tests": 1}})
    with pytest.raises(DataError, match=r"result\.json:1: .*--metric; there are: speed, tests"):
        imported(tmp_path / "j", tmp_path / "out")
    rows, _ = imported(tmp_path / "j", tmp_path / "out", ImportOptions(metric="tests"))
    assert rows["gpt-5-mini"][0]["attempts"] == [1]


# tau2-bench


def test_a_tau2_simulation_is_an_attempt_that_costs_what_the_agent_cost(tmp_path):
    file = tau2_run(
        tmp_path / "run.json",
        simulation("0", 0, 1.0, 0.02),
        simulation("0", 1, 0.0, 0.04),
        simulation("1", 0, None, 0.01),
    )
    rows, summary = imported(file, tmp_path / "out")
    first, second = rows["gpt-4.1"]
    assert (first["attempts"], first["costs"], first["domain"]) == ([1, 0], [0.02, 0.04], "airline")
    assert second["attempts"] == [0]
    assert summary.reader == "tau2"


def test_a_tau2_simulation_without_a_cost_is_left_out_and_counted(tmp_path):
    file = tau2_run(
        tmp_path / "run.json", simulation("0", 0, 1.0, 0.02), simulation("1", 0, 1.0, None)
    )
    rows, summary = imported(file, tmp_path / "out")
    assert [row["id"] for row in rows["gpt-4.1"]] == ["0"]
    assert dict(summary.left_out) == {"no cost and no tokens": 1}


def test_a_fault_of_a_document_is_named_by_its_path(tmp_path):
    file = tau2_run(tmp_path / "run.json", simulation("0", 0, 1.0, -0.02))
    with pytest.raises(DataError, match=r"run\.json:simulations\[0\]: agent_cost is -0\.02; it mu"):
        imported(file, tmp_path / "out")


# mini-swe-agent


def test_trajectories_are_joined_with_the_report_by_id(tmp_path):
    for instance, cost in (("django__1", 0.1), ("django__2", 0.2), ("django__3", 0.3)):
        trajectory(tmp_path / "s" / "run", instance, cost)
    swebench_report(tmp_path / "s" / "run" / "report.json", ["django__1"], ["django__2"])
    rows, summary = imported(tmp_path / "s", tmp_path / "out")
    found = {row["id"]: (row["attempts"], row["mean_cost"]) for row in rows["gpt-5-mini"]}
    assert found == {"django__1": ([1], 0.1), "django__2": ([0], 0.2)}
    assert dict(summary.left_out) == {"in no list of the report": 1}


def test_each_run_folder_of_trajectories_is_an_attempt(tmp_path):
    for run, cost, solved in (("one", 0.1, ["d__1"]), ("two", 0.3, [])):
        trajectory(tmp_path / "s" / run, "d__1", cost)
        swebench_report(tmp_path / "s" / run / "report.json", solved, ["d__1"])
    rows, _ = imported(tmp_path / "s", tmp_path / "out")
    assert rows["gpt-5-mini"][0]["attempts"] == [1, 0]


def test_trajectories_without_a_report_are_refused(tmp_path):
    trajectory(tmp_path / "s", "d__1", 0.1)
    with pytest.raises(DataError, match="no report says which problems were solved"):
        imported(tmp_path / "s", tmp_path / "out")


# SWE-bench's site


def test_the_leaderboard_file_has_an_attempt_for_each_instance(tmp_path):
    result = {"a__1": {"resolved": True, "cost": 0.5, "api_calls": 3}}
    file = put(tmp_path / "info_for_leaderboard.json", {"gpt-4.1": result, "openai/o": result})
    rows, _ = imported(file, tmp_path / "out")
    assert set(rows) == {"gpt-4.1", "openai/o"}
    assert (rows["gpt-4.1"][0]["attempts"], rows["gpt-4.1"][0]["costs"]) == ([1], [0.5])


# Inspect


def test_an_inspect_sample_s_cached_tokens_are_added_to_its_input(tmp_path):
    file = inspect_log(tmp_path / "log.json", inspect_sample(1, 1, "C"), inspect_sample(1, 2, "I"))
    rows, _ = imported(file, tmp_path / "out")
    (row,) = rows["openai/gpt-5-mini"]
    assert (row["id"], row["attempts"], row["domain"]) == ("1", [1, 0], "arithmetic")
    assert (row["tokens_in"], row["tokens_out"]) == ([5000, 5000], [500, 500])
    # 1,000 plain and 1,000 written at 0.25 for a million, 3,000 cached at 0.025, 500 out at 2
    assert row["mean_cost"] == pytest.approx((2000 * 0.25 + 3000 * 0.025 + 500 * 2) / 1e6)


def test_an_inspect_cost_counts_before_tokens(tmp_path):
    usage = {"openai/gpt-5-mini": {"input_tokens": 1, "output_tokens": 1, "total_cost": 0.7}}
    file = inspect_log(tmp_path / "log.json", inspect_sample("a", 1, 1.0, model_usage=usage))
    rows, _ = imported(file, tmp_path / "out")
    assert rows["openai/gpt-5-mini"][0]["costs"] == [0.7]


def test_an_inspect_sample_that_an_error_ended_failed(tmp_path):
    sample = inspect_sample("a", 1, "C", scores=None, error={"message": "boom"})
    rows, _ = imported(inspect_log(tmp_path / "log.json", sample), tmp_path / "out")
    assert rows["openai/gpt-5-mini"][0]["attempts"] == [0]


def test_ids_of_two_inspect_tasks_are_told_apart(tmp_path):
    inspect_log(tmp_path / "s" / "a.json", inspect_sample(1, 1, "C"))
    inspect_log(tmp_path / "s" / "b.json", inspect_sample(1, 1, "I"), task="logic", run_id="r2")
    rows, _ = imported(tmp_path / "s", tmp_path / "out")
    assert [row["id"] for row in rows["openai/gpt-5-mini"]] == ["arithmetic/1", "logic/1"]


# lm-evaluation-harness


def test_samples_of_a_harness_need_a_cost_and_get_their_task_in_the_id(tmp_path):
    name = "samples_gsm8k_2026-01-02T03-04-05.678901.jsonl"
    put_rows(tmp_path / "s" / "org__model" / name, lm_eval_row(0, 1.0), lm_eval_row(1, 0.0))
    with pytest.raises(DataError, match="--cost-per-problem org/model=USD"):
        imported(tmp_path / "s", tmp_path / "out")
    from market.importers.pricing import Pricing

    pricing = Pricing(per_attempt={"org/model": 0.002})
    rows, _ = imported(tmp_path / "s", tmp_path / "out", pricing=pricing)
    found = [(row["id"], row["attempts"], row["mean_cost"]) for row in rows["org/model"]]
    assert found == [("gsm8k/0", [1], 0.002), ("gsm8k/1", [0], 0.002)]


def test_of_several_filters_one_must_be_chosen(tmp_path):
    put_rows(
        tmp_path / "m" / "samples_t.jsonl", lm_eval_row(0, 1.0, "strict"), lm_eval_row(0, 0, "lax")
    )
    with pytest.raises(DataError, match=r"samples_t\.jsonl:2: filter is 'lax', .*--filter"):
        imported(tmp_path / "m", tmp_path / "out")


# RouterArena


def test_routerarena_scores_and_costs_are_kept(tmp_path):
    row = {
        "global_index": "AIME_106",
        "llm_selected": "claude-3-haiku-20240307",
        "token_usage": {"input_tokens": 120, "output_tokens": 112, "total_tokens": 232},
        "success": True,
        "evaluation_result": {"score": 0.25, "metric": "m", "inference_cost": 0.00017},
    }
    rows, summary = imported(put_rows(tmp_path / "x.jsonl", row), tmp_path / "out")
    assert rows["claude-3-haiku-20240307"] == [
        {
            "id": "AIME_106",
            "mean_cost": 0.00017,
            "attempts": [0.25],
            "costs": [0.00017],
            "tokens_in": [120],
            "tokens_out": [112],
            "domain": "AIME",
        }
    ]
    assert summary.models[0].between == 1


# tables

LONG = "problem,model,solved,cost\np1,a,1,0.1\np1,a,0,0.3\np1,b,true,0.2\n"


def test_a_long_table_has_an_attempt_a_row(tmp_path):
    rows, _ = imported(put(tmp_path / "x.csv", LONG), tmp_path / "out")
    assert (rows["a"][0]["attempts"], rows["a"][0]["costs"]) == ([1, 0], [0.1, 0.3])
    assert rows["b"][0]["attempts"] == [1]


def test_a_gzipped_table_is_read(tmp_path):
    (tmp_path / "x.CSV.gz").write_bytes(gzip.compress(LONG.encode()))
    rows, _ = imported(tmp_path / "x.CSV.gz", tmp_path / "out")
    assert set(rows) == {"a", "b"}


def test_columns_of_a_table_are_chosen_by_options(tmp_path):
    file = put(tmp_path / "x.csv", "q,llm,ok,in,out\n1,gpt-5-mini,1,100000,2000\n")
    options = ImportOptions("q", "llm", "ok", tokens_in="in", tokens_out="out")
    rows, _ = imported(file, tmp_path / "out", options)
    assert rows["gpt-5-mini"][0]["mean_cost"] == pytest.approx(0.029)


def test_a_wide_table_has_an_attempt_for_each_model_of_a_row(tmp_path):
    file = put(tmp_path / "x.csv", "id,topic,a,a|cost,b,b|cost\n7,maths,1,0.1,0.5,0.2\n")
    rows, _ = imported(file, tmp_path / "out", ImportOptions(wide=True, domain="topic"))
    assert rows["b"] == [
        {"id": "7", "mean_cost": 0.2, "attempts": [0.5], "costs": [0.2], "domain": "maths"}
    ]


def test_routerbench_is_a_table_with_costs_beside_its_models(tmp_path):
    text = "sample_id,prompt,eval_name,gpt,gpt|total_cost\nm.1,?,mmlu,1.0,0.001\n"
    rows, summary = imported(put(tmp_path / "rb.csv", text), tmp_path / "out")
    assert summary.reader == "routerbench"
    assert (rows["gpt"][0]["id"], rows["gpt"][0]["domain"]) == ("m.1", "mmlu")


def test_a_pickle_is_refused_with_the_line_that_converts_it(tmp_path):
    (tmp_path / "routerbench_0shot.pkl").write_bytes(b"\x80\x04.")
    with pytest.raises(DataError, match=r"can run code.*read_pickle\('routerbench_0shot\.pkl'\)"):
        imported(tmp_path / "routerbench_0shot.pkl", tmp_path / "out")


def test_a_parquet_table_is_read_as_csv_is(tmp_path):
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.table(
        {"problem": [1, 2], "model": ["a", "a"], "solved": [True, False], "cost": [0.1, 0.2]}
    )
    pyarrow.parquet.write_table(table, tmp_path / "x.parquet")
    rows, _ = imported(tmp_path / "x.parquet", tmp_path / "out")
    assert [row["attempts"] for row in rows["a"]] == [[1], [0]]


# recognition


def test_an_unknown_file_is_refused_with_what_was_looked_for(tmp_path):
    with pytest.raises(DataError, match=r"of no format that is known[\s\S]*harbor: result\.json"):
        imported(put(tmp_path / "x.json", {"hello": 1}), tmp_path / "out")


def test_two_formats_in_one_folder_are_refused_with_both_names(tmp_path):
    put(tmp_path / "s" / "x.csv", LONG)
    harbor_trial(tmp_path / "s", "a")
    with pytest.raises(DataError, match=r"several formats: harbor .*, table .*--format"):
        imported(tmp_path / "s", tmp_path / "out")
    rows, summary = imported(tmp_path / "s", tmp_path / "out", format="table")
    assert set(rows) == {"a", "b"}
    assert summary.unread == ["a/result"]


def test_an_option_of_another_format_is_refused(tmp_path):
    with pytest.raises(DataError, match="--filter: the format table has no use for it"):
        imported(put(tmp_path / "x.csv", LONG), tmp_path / "out", ImportOptions(filter="strict"))


def test_an_import_says_from_where_it_is(tmp_path):
    imported(put(tmp_path / "x.csv", LONG), tmp_path / "out")
    about = json.loads((tmp_path / "out" / "source.json").read_text())
    assert about["reader"] == "table"
    assert about["files"][0]["name"] == "x.csv"
    assert len(about["files"][0]["sha256"]) == 64


def test_the_same_run_of_a_problem_twice_is_refused_by_both_places(tmp_path):
    tau2_run(tmp_path / "s" / "a.json", simulation("0", 0, 1.0, 0.02))
    tau2_run(tmp_path / "s" / "b.json", simulation("0", 0, 1.0, 0.02))
    with pytest.raises(
        DataError, match=r"b\.json:.*a\.json:.* one run, written twice; .*--keep fi"
    ):
        imported(tmp_path / "s", tmp_path / "out")
    rows, summary = imported(tmp_path / "s", tmp_path / "out", repeats="first")
    assert rows["gpt-4.1"][0]["attempts"] == [1]
    assert summary.repeated == 1


def test_records_of_our_own_are_rewritten_as_they_were(tmp_path):
    row = {
        "id": "p",
        "mean_cost": 0.25,
        "attempts": [1, 0.5],
        "costs": [0.2, 0.3],
        "tokens_in": [10, 20],
        "tokens_out": [1, 2],
        "domain": "d",
    }
    put_rows(tmp_path / "s" / "org" / "m.jsonl", row)
    rows, _ = imported(tmp_path / "s", tmp_path / "out")
    assert rows == {"org/m": [row]}


def test_a_problem_twice_in_our_own_records_is_refused_or_merged(tmp_path):
    row = {"id": "p", "attempts": [1, 0], "costs": [0.2, 0.3]}
    put_rows(tmp_path / "s" / "m.jsonl", row, {**row, "attempts": [1, 1, 1], "costs": [1, 1, 1]})
    with pytest.raises(
        DataError, match=r"m\.jsonl:2: .*m\.jsonl:1 too, with another .*--merge-run"
    ):
        imported(tmp_path / "s", tmp_path / "out")
    rows, _ = imported(tmp_path / "s", tmp_path / "out", repeats="merge")
    assert rows["m"][0]["attempts"] == [1, 0, 1, 1, 1]


def test_a_run_written_twice_in_our_own_records_is_not_merged(tmp_path):
    row = {"id": "p", "attempts": [1, 0], "costs": [0.2, 0.3]}
    put_rows(tmp_path / "s" / "m.jsonl", row, row)
    with pytest.raises(DataError, match=r"m\.jsonl:2: .* one run, written twice"):
        imported(tmp_path / "s", tmp_path / "out", repeats="merge")
