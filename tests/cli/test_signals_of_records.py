"""`market frontier --signal domain` and `--signal features`, from the command line."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from market.cli.app import app

QUALITY = ["--quality", "0.55:0.7:3"]


@pytest.fixture
def records(tmp_path):
    """Two models, each good at one of two kinds of problems."""
    rng = np.random.default_rng(1)
    folder = tmp_path / "records"
    folder.mkdir()
    for m, model in enumerate(("one", "other")):
        rows = [
            {
                "id": f"q{i}",
                "mean_cost": 0.01,
                "attempts": rng.binomial(1, 0.8 if i % 2 == m else 0.2, 6).tolist(),
                "domain": ("even", "odd")[i % 2],
                "features": [i % 2 + 0.1 * ((i * 7) % 5), 1.0],
            }
            for i in range(40)
        ]
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{model}.jsonl").write_text(text, encoding="utf-8")
    return str(folder)


def run(*arguments):
    return CliRunner().invoke(app, ["frontier", *arguments])


@pytest.mark.parametrize("sees", ["domain", "features"])
def test_what_records_tell_is_worth_more_than_nothing(records, sees):
    answers = [
        json.loads(run(records, *QUALITY, "--draws", "0", "--json", *more).stdout)
        for more in ([], ["--signal", sees])
    ]
    blind, seeing = (a["out_of_sample"]["mean_margin"] for a in answers)
    assert seeing > blind + 0.1
    assert answers[1]["seen"]["sees"] == sees
    assert answers[1]["seen"]["equivalent_accuracies"][1] > 0.75


def test_it_is_said_what_the_router_sees_and_what_that_is_worth(records):
    printed = " ".join(
        run(records, *QUALITY, "--draws", "0", "--signal", "features").output.split()
    )
    assert "Uncertainty of an attempt that features take away, out of sample" in printed
    assert "worth as much as an abstract signal of as many types of accuracy" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["synthetic", "--signal", "domain"], "says no domain of its problems"),
        (["swebench", "--signal", "features"], "has no features of its problems"),
        (["swebench", "--signal", "colour"], "must be an accuracy from 0 to 1, domain or features"),
        (["swebench", "--signal", "domain", "--types", "3"], "a type for each domain"),
    ],
)
def test_a_signal_that_cannot_be_is_refused_with_the_way_out(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
