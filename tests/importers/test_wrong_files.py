"""Wrong files of every kind: each is refused by file, place and way out, and nothing is written."""

import gzip
import json
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from importers.other_files import harbor_trial, put, simulation, tau2_run, trajectory
from typer.testing import CliRunner

from market.cli.app import app

CSV = "problem,model,solved,cost\n"
OURS = '{"id": "p", "mean_cost": 0.1, "attempts": [1]}\n'


def text(name: str, content: str) -> Callable[[Path], Path]:
    return lambda folder: put(folder / name, content)


def raw(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def link(name: str, target: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).symlink_to(target)
        return folder / name

    return write


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "x.csv")
    return folder / "x.csv"


def loop(folder: Path) -> Path:
    put(folder / "s" / "a.jsonl", OURS)
    (folder / "s" / "again").symlink_to(folder / "s")
    return folder / "s"


def long_line(name: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with (folder / name).open("wb") as stream:
            stream.write(CSV.encode())
            stream.truncate(2**27)
        return folder / name

    return write


def tau2(**changes) -> Callable[[Path], Path]:
    return lambda folder: tau2_run(
        folder / "run.json", simulation("0", 0, 1.0, 0.1), simulation("1", 0, 1.0, 0.1) | changes
    )


def harbor(**changes) -> Callable[[Path], Path]:
    return lambda folder: harbor_trial(folder, "trial", **changes)


def arena(row: dict) -> Callable[[Path], Path]:
    return text("x.jsonl", json.dumps({"global_index": "a_1", "llm_selected": "m"} | row))


DIGITS = "9" * 5000
DEEP = "[" * 100_000
BAD = {
    "cut-off gzip": (raw("x.csv.gz", gzip.compress(CSV.encode() * 50)[:-9]), r"x\.csv\.gz:\d+: "),
    "no gzip": (raw("x.csv.gz", b"problem,model"), r"x\.csv\.gz:1: cannot be read on"),
    "damaged gzip": (
        raw("x.jsonl.gz", b"\x1f\x8b\x08" + zlib.compress(b"abc" * 99)),
        r"x\.jsonl\.gz:1: cannot be read on",
    ),
    "binary table": (raw("x.csv", bytes(range(128, 256)) * 9), r"x\.csv:1: is not UTF-8"),
    "binary lines": (raw("x.jsonl", b"\x00\x01\x02"), r"x\.jsonl:1: not a JSON object"),
    "latin table": (
        raw("x.csv", CSV.encode() + "é,m,1,1\n".encode("latin-1")),
        r"x\.csv:2: is not UTF-8 text \(byte 0xe9",
    ),
    "utf-16 lines": (raw("x.jsonl", OURS.encode("utf-16")), r"x\.jsonl:1: is not UTF-8"),
    "line ends of old": (raw("x.csv", b"problem,\rmodel\n"), r"x\.csv:1: is not CSV \(new-line"),
    "signs that cannot be printed": (
        raw("x.csv", b"a\x1b[31mb,c\n"),
        r"no column 'problem'; name it with --problem; there are: a\\x1b\[31mb, c",
    ),
    "empty table": (text("x.csv", ""), r"x\.csv:1: no column 'problem'"),
    "header only": (text("x.csv", CSV), r"x\.csv: no attempt in it"),
    "empty file": (text("x.jsonl", ""), "of no format that is known"),
    "one bad row of many": (
        text("x.csv", CSV + "p,m,1,1\n" * 20_000 + "p,m,2,1\n"),
        r"x\.csv:20002: solved is '2'; a score must be from 0 to 1",
    ),
    "short row": (text("x.csv", CSV + "p,m,1\n"), r"x\.csv:2: has 3 values for 4 columns"),
    "long row": (text("x.csv", CSV + "p,m,1,1,1\n"), r"x\.csv:2: has 5 values for 4 columns"),
    "open quote": (text("x.csv", CSV + 'p,"m,1,1\n'), r"x\.csv:2: is not CSV"),
    "huge field": (text("x.csv", CSV + "p" * 200_000 + ",m,1,1\n"), r"x\.csv:2: is not CSV \(fie"),
    "two columns": (text("x.csv", "model,model\n"), r"x\.csv:1: two columns 'model'"),
    "no column": (text("x.csv", "a,b\n1,2\n"), r"x\.csv:1: no column 'problem'; name it with --p"),
    "NaN cost": (text("x.csv", CSV + "p,m,1,nan\n"), r"x\.csv:2: cost is 'nan'; it must be 0"),
    "infinite cost": (text("x.csv", CSV + "p,m,1,inf\n"), r"x\.csv:2: cost is 'inf'"),
    "negative cost": (text("x.csv", CSV + "p,m,1,-1\n"), r"x\.csv:2: cost is '-1'"),
    "cost in words": (text("x.csv", CSV + "p,m,1,cheap\n"), r"x\.csv:2: cost is 'cheap'"),
    "long cost": (text("x.csv", CSV + f"p,m,1,{DIGITS}\n"), r"x\.csv:2: cost is '9{58}…"),
    "NaN score": (text("x.csv", CSV + "p,m,nan,1\n"), r"x\.csv:2: solved is 'nan'"),
    "no score": (text("x.csv", CSV + "p,m,,1\n"), r"x\.csv:2: solved is ''"),
    "no problem": (text("x.csv", CSV + ",m,1,1\n"), r"x\.csv:2: problem is ''"),
    "no model": (text("x.csv", CSV + "p, ,1,1\n"), r"x\.csv:2: model is ' '"),
    "no cost at all": (text("x.csv", CSV + "p,m,1,\n"), "--cost-per-problem m=USD"),
    "model above": (text("x.csv", CSV + "p,../m,1,1\n"), r"model \.\./m: cannot be the name"),
    "hidden model": (text("x.csv", CSV + "p,.m,1,1\n"), r"model \.m: cannot be the name"),
    "backslash": (text("x.csv", CSV + "p,a\\..\\..\\m,1,1\n"), r"cannot be the name"),
    "gigantic line of a table": (long_line("x.csv"), r"x\.csv:2: the line is longer than"),
    "deep lines": (text("x.jsonl", DEEP), r"x\.jsonl:1: .* is nested too deep"),
    "deep document": (
        text("x.json", '{"info": {"agent_info": {"llm": "m"}}, "simulations": [' + DEEP),
        r"x\.json:\d+: ",
    ),
    "long integer in a line": (
        text("x.jsonl", OURS + '{"id": "q", "mean_cost": ' + DIGITS + ', "attempts": [1]}\n'),
        r"x\.jsonl:2: mean_cost has 9+…, a number of 5000 digits",
    ),
    "long integer in a document": (
        text(
            "x.json",
            '{"info": {"agent_info": {"llm": "m"}}, "simulations": [{"trial": ' + DIGITS + "}]}",
        ),
        r"x\.json:\d+: ",
    ),
    "cut-off document": (
        text("x.json", '{"info": {"agent_info": {"llm": "m"}}, "simulations": [{"trial": 1'),
        r"x\.json:\d+: is not JSON from about here on .*cut off",
    ),
    "gigantic text in a document": (
        raw("x.json", b'{"info": {"agent_info": {"llm": "m"}}, "simulations": ["' + b"x" * 2**19),
        r"x\.json:1: has a text of more than 262,144 bytes",
    ),
    "no simulations": (
        text("x.json", '{"info": {"agent_info": {"llm": "m"}}, "simulations": []}'),
        r"x\.json:simulations: holds none",
    ),
    "simulation of another kind": (
        text("x.json", '{"info": {"agent_info": {"llm": "m"}}, "simulations": [3]}'),
        r"x\.json:simulations\[0\]: is not an object",
    ),
    "negative agent cost": (tau2(agent_cost=-1), r"run\.json:simulations\[1\]: agent_cost is -1"),
    "agent cost in words": (tau2(agent_cost="1 USD"), r"simulations\[1\]: agent_cost is '1 USD'"),
    "reward above 1": (tau2(reward_info={"reward": 7}), r"reward_info\.reward is 7"),
    "task without an id": (tau2(task_id=None), r"simulations\[1\]: task_id is None"),
    "task of three types": (tau2(task_id=1.5), r"simulations\[1\]: task_id is 1\.5"),
    "task that is a list": (tau2(task_id=["a"]), r"simulations\[1\]: task_id is \['a'\]"),
    "reward in words": (
        harbor(verifier_result={"rewards": {"reward": "good"}}),
        r"result\.json:1: verifier_result\.rewards\.reward is 'good'",
    ),
    "negative tokens": (
        harbor(agent_result={"n_input_tokens": -5, "n_output_tokens": 1}),
        r"result\.json:1: agent_result\.n_input_tokens is -5; it must be a whole number",
    ),
    "fractional tokens": (
        harbor(agent_result={"n_input_tokens": 0.5, "n_output_tokens": 1}),
        r"result\.json:1: agent_result\.n_input_tokens is 0\.5",
    ),
    "unknown model's tokens": (
        harbor(
            agent_info={"name": "a", "model_info": {"name": "gpt-5-minni"}},
            agent_result={"n_input_tokens": 5, "n_output_tokens": 1},
        ),
        r"gpt-5-minni: genai-prices .* has no price .*nearest names: gpt-5-mini",
    ),
    "index of another type": (
        arena({"global_index": 1.5, "evaluation_result": {"score": 1}}),
        r"x\.jsonl:1: global_index is 1\.5",
    ),
    "score of another type": (
        arena({"evaluation_result": {"score": [1]}}),
        r"x\.jsonl:1: evaluation_result\.score is \[1\]",
    ),
    "nothing evaluated": (
        arena({"evaluation_result": {}}),
        r"x\.jsonl: no attempt in it \(1 not evaluated\)",
    ),
    "trajectory alone": (lambda folder: trajectory(folder, "d__1", 0.1), "no report says which"),
    "pipe": (pipe, r"x\.csv: is a pipe \(FIFO\), not a file"),
    "device": (link("x.csv", "/dev/zero"), r"x\.csv: is a device, not a file"),
    "link to nothing": (link("x.csv", "gone"), r"x\.csv: cannot be read: No such file"),
    "folder in a loop": (loop, "again: links back to a folder that it is in"),
    "pickle": (raw("x.pkl", b"\x80\x04."), r"x\.pkl: a pickle can run code"),
    "no Parquet": (raw("x.parquet", b"PAR1 no"), r"x\.parquet:1: cannot be read as Parquet"),
    "no archive": (raw("x.eval", b"PK no"), r"x\.eval"),
    "nowhere": (lambda folder: folder / "nowhere", "nowhere: cannot be read: No such file"),
}


@pytest.mark.filterwarnings("ignore")  # of inspect-ai, where it is installed
@pytest.mark.parametrize("kind", BAD)
def test_a_wrong_file_is_refused_and_nothing_is_written(tmp_path, kind, monkeypatch):
    # the parser takes seconds for a text of the real bound
    monkeypatch.setattr("market.importers.source_files.LONGEST_LINE", 2**18)
    make, message = BAD[kind]
    (tmp_path / "in").mkdir()
    source = make(tmp_path / "in")
    out = tmp_path / "out"
    answer = CliRunner().invoke(app, ["import", str(source), "--out", str(out)])
    assert answer.exit_code == 2, answer.output
    assert answer.stderr.startswith("error: ")
    assert re.search(message, answer.stderr), answer.stderr[:600]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_there_are_fifty_kinds_of_wrong_files():
    assert len(BAD) >= 50


def test_a_byte_order_mark_before_a_document_does_no_harm(tmp_path):
    file = tau2_run(tmp_path / "run.json", simulation("0", 0, 1.0, 0.1))
    plain = CliRunner().invoke(app, ["import", str(file), "--dry-run", "--json"])
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    marked = CliRunner().invoke(app, ["import", str(file), "--dry-run", "--json"])
    assert marked.exit_code == 0, marked.output
    assert json.loads(marked.output)["models"] == json.loads(plain.output)["models"]
