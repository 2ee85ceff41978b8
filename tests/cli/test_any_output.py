"""Commands print in any encoding, and say so where nothing can be printed or read so deep."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from market.cli.any_output import PLAIN

SMALL = ("--set", "ticks=2", "--set", "consumers.teams.size=100", "--no-baseline", "--out", "out")


def market(*arguments: str, cwd: Path, stdout: int = subprocess.PIPE, **env: str):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "market.cli", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        cwd=cwd,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_an_encoding_lacks_is_written_plainly(tmp_path, encoding):
    done = market("run", "duopoly", *SMALL, cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode(encoding)
    assert "price index" in said
    assert "?" not in said.partition("?")[2]  # that of the question


def test_what_stands_for_a_character_is_ascii():
    assert all(instead.isascii() and not letter.isascii() for letter, instead in PLAIN.items())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["scenarios", "schema", "--help"])
def test_where_nothing_can_be_written_it_is_said_in_a_line(tmp_path, command):
    with Path("/dev/full").open("wb") as full:
        done = market(command, cwd=tmp_path, stdout=full.fileno())
    assert done.returncode == 1
    assert done.stderr == b"error: standard output: No space left on device\n"


def test_who_reads_the_first_line_alone_is_told_nothing(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    done = market("scenarios", cwd=tmp_path, stdout=writer)
    os.close(writer)
    assert done.stderr == b""
