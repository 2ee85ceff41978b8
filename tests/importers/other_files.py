"""Small files of each format, by the schema that its own source code writes."""

import json
from pathlib import Path
from typing import Any

from market.importers import ImportOptions, ImportPlan, import_source


def put(path: Path, content: Any) -> Path:
    """Write JSON, or text as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def put_rows(path: Path, *rows: dict) -> Path:
    return put(path, "".join(f"{json.dumps(row)}\n" for row in rows))


def imported(source: Path, out: Path, options: ImportOptions | None = None, **plan: Any):
    """Rows by model of what an import writes, and its summary."""
    summary = import_source(ImportPlan(source, options or ImportOptions(), **plan), out)
    rows = {
        file.relative_to(out).as_posix().removesuffix(".jsonl"): [
            json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()
        ]
        for file in sorted(out.rglob("*.jsonl"))
    }
    return rows, summary


def harbor_trial(folder: Path, name: str, **changes: Any) -> Path:
    trial = {
        "id": "5f0c",
        "task_name": "fix-git",
        "trial_name": name,
        "trial_uri": f"file:///jobs/{name}",
        "task_id": {"path": "tasks/fix-git"},
        "source": "terminal-bench",
        "agent_info": {
            "name": "terminus-2",
            "version": "2.0",
            "model_info": {"name": "gpt-5-mini", "provider": "openai"},
        },
        "agent_result": {
            "n_input_tokens": 100_000,
            "n_cache_tokens": 40_000,
            "n_output_tokens": 2_000,
            "cost_usd": 0.03,
        },
        "verifier_result": {"rewards": {"reward": 1.0}},
        "exception_info": None,
        "started_at": "2026-06-01T10:00:00Z",
        "finished_at": "2026-06-01T10:05:00Z",
    }
    return put(folder / name / "result.json", trial | changes)


def tau2_run(file: Path, *simulations: dict) -> Path:
    return put(
        file,
        {
            "timestamp": "2026-05-02T11:12:13",
            "info": {
                "git_commit": "abc",
                "num_trials": 2,
                "agent_info": {"implementation": "llm_agent", "llm": "gpt-4.1"},
                "user_info": {"llm": "gpt-4.1"},
                "environment_info": {"domain_name": "airline"},
            },
            "tasks": [{"id": "0"}, {"id": "1"}],
            "simulations": list(simulations),
        },
    )


def simulation(task: str, trial: int, reward: float | None, cost: float | None) -> dict:
    return {
        "id": f"{task}-{trial}",
        "task_id": task,
        "trial": trial,
        "duration": 3.5,
        "termination_reason": "user_stop",
        "agent_cost": cost,
        "user_cost": 9.0,
        "reward_info": None if reward is None else {"reward": reward},
        "messages": [{"role": "user", "content": "hello"}],
    }


def trajectory(folder: Path, instance: str, cost: float, model: str = "gpt-5-mini") -> Path:
    return put(
        folder / instance / f"{instance}.traj.json",
        {
            "info": {
                "model_stats": {"instance_cost": cost, "api_calls": 7},
                "config": {"model": {"model_name": model}},
                "exit_status": "Submitted",
            },
            "messages": [],
            "instance_id": instance,
            "trajectory_format": "mini-swe-agent-1",
        },
    )


def swebench_report(file: Path, resolved: list[str], unresolved: list[str]) -> Path:
    return put(
        file,
        {
            "total_instances": 500,
            "resolved_ids": resolved,
            "unresolved_ids": unresolved,
            "error_ids": [],
            "empty_patch_ids": [],
            "schema_version": 2,
        },
    )


def inspect_log(file: Path, *samples: dict, **spec: Any) -> Path:
    return put(
        file,
        {
            "version": 2,
            "status": "success",
            "eval": {
                "run_id": "r1",
                "created": "2026-04-05T06:07:08+00:00",
                "task": "arithmetic",
                "model": "openai/gpt-5-mini",
            }
            | spec,
            "samples": list(samples),
        },
    )


def inspect_sample(identity: str | int, epoch: int, value: Any, **changes: Any) -> dict:
    usage = {
        "input_tokens": 1000,
        "output_tokens": 500,
        "total_tokens": 5500,
        "input_tokens_cache_read": 3000,
        "input_tokens_cache_write": 1000,
        "reasoning_tokens": 200,
    }
    return {
        "id": identity,
        "epoch": epoch,
        "input": "1 + 1",
        "target": "2",
        "scores": {"match": {"value": value, "answer": "2"}},
        "model_usage": {"openai/gpt-5-mini": usage, "openai/judge": usage},
    } | changes


def lm_eval_row(doc: int, value: float, filter_: str = "none") -> dict:
    return {
        "doc_id": doc,
        "doc": {"question": "?"},
        "target": "42",
        "resps": [["42"]],
        "filtered_resps": ["42"],
        "filter": filter_,
        "metrics": ["exact_match"],
        "exact_match": value,
        "doc_hash": "x",
    }
