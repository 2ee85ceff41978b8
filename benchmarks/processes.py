"""What a process of its own takes: processor seconds and peak memory, of it alone."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

# A forked child begins with its parent's peak in ru_maxrss; Linux tells the child's own in VmHWM.
_WATCHED = """
import resource, sys
from pathlib import Path
program, sys.argv = sys.argv[1], sys.argv[1:]
try:
    exec(program)
except SystemExit as end:
    if end.code:
        raise
used, status = resource.getrusage(resource.RUSAGE_SELF), Path("/proc/self/status")
if status.exists():
    peak = next(int(l.split()[1]) for l in status.open() if l.startswith("VmHWM"))
else:
    peak = used.ru_maxrss / 1024
print(used.ru_utime + used.ru_stime, peak, file=sys.stderr)
"""


@dataclass(frozen=True)
class Used:
    """What a process took.

    Attributes
    ----------
    seconds
        Of the processor, user and system.
    megabytes
        Of memory at the peak.
    """

    seconds: float
    megabytes: float


def used_by(program: str, arguments: Sequence[str] = ()) -> Used:
    """Run a Python program in a process of its own, which must end well."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, program, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    seconds, kilobytes = done.stderr.splitlines()[-1].split()
    return Used(float(seconds), float(kilobytes) / 1024)


def children_seconds() -> float:
    """Processor seconds of all child processes that have ended, user and system."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
