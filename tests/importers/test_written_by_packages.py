"""Files that the formats' own packages write here and now; skipped where one is not installed."""

import json
from pathlib import Path

import pytest
from importers.other_files import imported, swebench_report

pytestmark = pytest.mark.filterwarnings("ignore")  # of these packages


@pytest.mark.parametrize("kind", ["eval", "json"])
def test_a_log_that_inspect_writes_is_read_as_it_says(tmp_path, monkeypatch, kind):
    inspect = pytest.importorskip("inspect_ai", reason="inspect-ai is not installed")
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match

    monkeypatch.chdir(tmp_path)
    usage = ModelUsage(
        input_tokens=1000,
        output_tokens=500,
        total_tokens=4500,
        input_tokens_cache_read=3000,
        total_cost=0.5,
    )
    outputs = []
    for text in ("2", "5"):
        output = ModelOutput.from_content("mockllm/model", text)
        output.usage = usage
        outputs.append(output)
    task = inspect.Task(
        dataset=[Sample(id="one", input="1 + 1", target="2")], scorer=match(), name="sums", epochs=2
    )
    inspect.eval(
        task,
        model=get_model("mockllm/model", custom_outputs=outputs),
        log_dir=str(tmp_path / "logs"),
        log_format=kind,
        display="none",
        max_samples=1,
    )
    rows, summary = imported(tmp_path / "logs", tmp_path / "out")
    (row,) = rows["mockllm/model"]
    assert summary.reader == "inspect"
    assert (row["id"], sorted(row["attempts"]), row["domain"]) == ("one", [0, 1], "sums")
    assert row["tokens_in"] == [4000, 4000]
    assert row["mean_cost"] == 0.5


def test_a_trajectory_that_mini_swe_agent_writes_is_read_as_it_says(tmp_path, monkeypatch):
    monkeypatch.setenv("MSWEA_GLOBAL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MSWEA_SILENT_STARTUP", "1")
    pytest.importorskip("minisweagent", reason="mini-swe-agent is not installed")
    from minisweagent.agents.default import DefaultAgent
    from minisweagent.environments.local import LocalEnvironment
    from minisweagent.models.test_models import DeterministicModel, make_output

    run = tmp_path / "runs" / "one"
    model = DeterministicModel(
        outputs=[
            make_output(
                "done",
                [{"command": "echo 'COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT'; echo patch"}],
                cost=0.25,
            )
        ],
        cost_per_call=0.25,
    )
    agent = DefaultAgent(
        model, LocalEnvironment(), system_template="", instance_template="{{task}}"
    )
    agent.run("say hello")
    file = run / "django__1" / "django__1.traj.json"
    file.parent.mkdir(parents=True)
    agent.save(file, {"instance_id": "django__1"})
    swebench_report(run / "report.json", ["django__1"], [])
    rows, summary = imported(tmp_path / "runs", tmp_path / "out")
    (row,) = next(iter(rows.values()))
    assert summary.reader == "mini-swe-agent"
    stats = json.loads(Path(file).read_text())["info"]["model_stats"]
    assert (row["attempts"], row["mean_cost"]) == ([1], stats["instance_cost"])
