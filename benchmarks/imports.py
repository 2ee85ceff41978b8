"""A million rows imported: seconds and memory of the command, in a process of its own."""

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import used_by

ROWS = 1_000_000
COMMAND = "from market.cli.__main__ import main; main()"


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
        start = time.perf_counter()
        used = used_by(COMMAND, ["import", str(table), "--out", f"{folder}/records"])
        took = time.perf_counter() - start
        print(
            f"{ROWS:,} rows of CSV imported in {took:.1f} s ({used.seconds:.1f} s of the "
            f"processor), at most {used.megabytes:.0f} MB"
        )


if __name__ == "__main__":
    importing_a_million_rows()
