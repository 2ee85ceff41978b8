"""What could a router earn on my models? A folder with one `<model>.jsonl` per model says.

    python examples/what_is_routing_worth_on_my_records.py RECORDS

Without a folder, four made-up models are tried.
"""

import sys

import numpy as np

from market.frontier import appraise
from market.scenario.sources import read_source

population = read_source(sys.argv[1] if len(sys.argv) > 1 else "synthetic").population
found = appraise(population, folds=5)
print(f"{population.size} problems, models: {', '.join(population.models)}")
print(f"mean margin on the problems that cascades were chosen on: {np.nanmean(found.margin):.1%}")
print(f"mean margin on problems left out: {np.nanmean(found.out_of_sample.margin):.1%}")
