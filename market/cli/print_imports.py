"""What `market import` and `market reprice` print for people."""

from pathlib import Path
from typing import TYPE_CHECKING

from market.cli.line_breaks import whole
from market.cli.tables import plain_table
from market.cli.terminal import number, out
from market.measures.money_units import MoneyUnit

if TYPE_CHECKING:
    from market.importers.summary import ImportSummary, ModelSummary

_WIDTH = 30  # signs of the longest bar
_BARS = 12  # numbers of attempts that are told apart


def print_import(summary: "ImportSummary", folder: Path | None) -> None:
    """Models, attempts by problem, what is left out and why, and where it is."""
    models = summary.models
    unit = MoneyUnit.fitting([model.paid / model.attempts for model in models], "attempt")
    table = plain_table(
        f"Read as {summary.reader}",
        ["model"],
        [
            "problems",
            "attempts",
            "mean score",
            "scores between 0 and 1",
            *(f"{which} cost, {unit.name}" for which in ("least", "mean", "most")),
        ],
    )
    table.add_column("priced by")
    for model in models:
        table.add_row(
            whole(model.name),
            f"{model.problems:,}",
            f"{model.attempts:,}",
            number(model.solved / model.attempts),
            f"{model.between:,}",
            unit.text(model.lowest),
            unit.text(model.paid / model.attempts),
            unit.text(model.highest),
            _priced(model),
        )
    out.print(table)
    _print_histogram(models)
    for reason, count in summary.left_out.items():
        out.print(f"Left out: {count:,} rows, {reason}")
    if summary.repeated:
        out.print(f"Rows that were there before: {summary.repeated:,}")
    if summary.unread:
        more = f" and {len(summary.unread) - 5} more" if len(summary.unread) > 5 else ""
        out.print(f"Not read: {', '.join(summary.unread[:5])}{more}")
    between = sum(model.between for model in models)
    if between:
        scores = f"{between:,} score lies" if between == 1 else f"{between:,} scores lie"
        out.print(
            f"{scores} strictly between 0 and 1; --solved-at says from which on an attempt counts "
            "as solved (1 by default)"
        )
    out.print(f"Records: {folder}" if folder is not None else "Dry run: nothing is written")


def _priced(model: "ModelSummary") -> str:
    """By what attempts got their cost, and whether tokens are known."""
    names = {"source": "costs of the source", "given": "cost given"}
    parts = [names.get(basis, f"tokens, {basis}") for basis in model.basis]
    if model.with_tokens and set(model.basis) == {"source"}:
        parts.append("tokens kept")
    return "; ".join(parts)


def _print_histogram(models: "list[ModelSummary]") -> None:
    """Problems by their number of attempts, all models together."""
    problems: dict[int, int] = {}
    for model in models:
        for attempts, count in model.each.items():
            problems[attempts] = problems.get(attempts, 0) + count
    numbers = sorted(problems)
    step = -(-len(numbers) // _BARS)
    bars = [numbers[k : k + step] for k in range(0, len(numbers), step)]
    most = max(sum(problems[n] for n in bar) for bar in bars)
    out.print("Attempts at a problem, and how many problems of a model have so many:")
    for bar in bars:
        count = sum(problems[n] for n in bar)
        name = f"{bar[0]}" if bar[0] == bar[-1] else f"{bar[0]} to {bar[-1]}"
        out.print(f"  {name:>11} {'█' * max(round(_WIDTH * count / most), 1)} {count:,}")
