"""Measures of a run by name, old names included."""

from market.measures.old_names import current


class Summary(dict[str, float]):
    """Measures by name; a measure of version 0.1 is found by its old name too, with a warning."""

    def __missing__(self, name: str) -> float:
        """What has the name now."""
        new = current(name)
        if new == name:
            raise KeyError(name)
        return self[new]
