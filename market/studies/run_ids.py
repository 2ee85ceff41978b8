"""What runs are called: by what decides them, so that alike runs have the same name."""

import json
from collections.abc import Sequence
from hashlib import blake2b


def run_ids(told: Sequence[object], seeds: Sequence[int]) -> list[str]:
    """Names of runs that differ in their seeds: digests of what decides them.

    Parameters
    ----------
    told
        Ready for JSON: the code, the scenario, and its base market's where that is another.
    seeds
        One per run.
    """
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return [blake2b(f"{text}\x1f{seed}".encode(), digest_size=8).hexdigest() for seed in seeds]
