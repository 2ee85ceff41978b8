"""Commands print in any encoding, and say so where nothing can be printed or read so deep."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from market.cli.any_output import PLAIN, write_in_any_encoding
from market.cli.app import app

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


def in_process(*arguments: str, cwd: Path, encoding: str) -> bytes:
    """What a process that prints in an encoding prints."""
    done = market(*arguments, cwd=cwd, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def in_this_one(*arguments: str, cwd: Path, encoding: str) -> bytes:
    """The same, without a process of its own."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        write_in_any_encoding()
        with pytest.raises(SystemExit) as ended:
            app(arguments)
    for stream in streams:
        stream.flush()
    said, complaints = (stream.buffer.getvalue() for stream in streams)
    assert (ended.value.code, complaints) == (0, b"")
    return said


@pytest.mark.parametrize(("encoding", "print_in"), [("ascii", in_this_one), ("cp1252", in_process)])
def test_what_an_encoding_lacks_is_written_plainly(tmp_path, encoding, print_in):
    said = print_in("run", "duopoly", *SMALL, cwd=tmp_path, encoding=encoding).decode(encoding)
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
