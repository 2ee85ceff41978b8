import os
import subprocess
import sys

import pytest

DOUBLE = """
import numpy as np
from market.foundation.compiled import compiled

def doubled(values):
    total = 0.0
    for v in values:
        total += 2 * v
    return total

loop = compiled(doubled)
print(loop(np.array([1.0, 2.5])), loop is doubled)
"""


def run(tmp_path, script=DOUBLE, **environment):
    path = tmp_path / "loop.py"
    path.write_text(script)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept"), **environment}
    return subprocess.run(
        [sys.executable, str(path)], env=environment, capture_output=True, text=True, check=True
    )


def test_a_loop_is_compiled_once_and_says_so(tmp_path):
    pytest.importorskip("numba")
    first, second = run(tmp_path), run(tmp_path)
    assert first.stdout == second.stdout == "7.0 False\n"
    assert first.stderr == "compiling inner loops, which is done once on this machine\n"
    assert second.stderr == ""


def test_a_loop_stays_plain_where_compiling_is_switched_off(tmp_path):
    done = run(tmp_path, NUMBA_DISABLE_JIT="1")
    assert (done.stdout, done.stderr) == ("7.0 True\n", "")


def test_a_loop_stays_plain_where_numba_is_missing(tmp_path):
    hidden = "import sys\nsys.modules['numba'] = None\n"
    done = run(tmp_path, hidden + DOUBLE)
    assert (done.stdout, done.stderr) == ("7.0 True\n", "")
