"""A million rows imported: seconds and memory of the command, in a process of its own."""

import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROWS = 1_000_000


def importing_a_million_rows() -> None:
    """Seconds and peak memory of `market import` on a table of a million attempts, in any order."""
    with TemporaryDirectory() as folder:
        table = Path(folder) / "million.csv"
        draw = random.Random(1)
        with table.open("w") as stream:
            stream.write("problem,model,solved,cost,domain\n")
            for _ in range(ROWS):
                problem, model = draw.randrange(10_000), draw.randrange(10)
                solved = draw.random() < 0.2 + 0.05 * model
                cost = 0.001 * (1 + model) * (0.5 + draw.random())
                stream.write(f"p{problem},m{model},{solved:d},{cost:.6f},d{problem % 7}\n")
        command = [sys.executable, "-m", "market.cli", "import", str(table), "--out"]
        start = time.perf_counter()
        subprocess.run([*command, f"{folder}/records"], check=True, capture_output=True)
        took = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"{ROWS:,} rows of CSV imported in {took:.1f} s ({used.ru_utime:.1f} s of the "
            f"processor), at most {used.ru_maxrss / 1024:.0f} MB"
        )


if __name__ == "__main__":
    importing_a_million_rows()
