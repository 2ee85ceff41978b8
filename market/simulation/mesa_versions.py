"""What differs between the versions of Mesa that are supported, 3.3 to 3.5."""

import mesa


def advance(model: mesa.Model, ticks: int) -> None:
    """Run a model for so many ticks: `run_for` came with Mesa 3.5."""
    if ticks > 0 and hasattr(model, "run_for"):
        model.run_for(ticks)
        return
    for _ in range(ticks):
        model.step()


def release(model: mesa.Model) -> None:
    """Let a model that is done with be collected.

    Mesa 3.3 counts agents by model in a table of the class `Agent`, which would keep the model for
    ever; later versions have no such table.
    """
    getattr(mesa.Agent, "_ids", {}).pop(model, None)
