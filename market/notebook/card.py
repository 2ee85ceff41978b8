"""A card: what is shown of a value, written for a terminal and for a notebook."""

import shutil
import textwrap
from dataclasses import dataclass
from html import escape

WIDEST = 100  # columns of a paragraph in a terminal


@dataclass(frozen=True)
class Card:
    """What is shown of a value.

    Attributes
    ----------
    title
        What it is.
    verdict
        What it says; empty of a scenario that has not run.
    heads, rows
        A table of key figures, written out.
    ask
        What one can type after the value's name.
    """

    title: str
    verdict: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ask: tuple[str, ...]


def card_text(shown: Card) -> str:
    """Write it as a terminal shows it, no wider than the terminal."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    parts = [textwrap.fill(part, width) for part in (shown.title, shown.verdict) if part]
    table = [shown.heads, *shown.rows] if any(shown.heads) else list(shown.rows)
    columns = [max(map(len, column)) for column in zip(*table, strict=True)]
    if sum(columns) + 2 * len(columns) <= width:
        parts += ["  ".join(_placed(row, columns)).rstrip() for row in table]
    else:  # record after record: nothing is cut
        for row in shown.rows:
            pairs = list(zip(shown.heads, row, strict=True))
            lines = [f"{head}: {cell}" for head, cell in pairs]
            if not shown.heads[-1]:  # names and what they are
                lines = [": ".join(row)]
            indented = [lines[0], *(f"  {line}" for line in lines[1:])]
            parts += [textwrap.fill(line, width, subsequent_indent="    ") for line in indented]
    return "\n".join([*parts, textwrap.fill("Ask " + ", ".join(shown.ask), width)])


def card_html(shown: Card) -> str:
    """Write it as a notebook shows it, in the page's own colours."""
    line = "border-bottom:1px solid rgba(128,128,128,.35);padding:.15em .8em .15em 0"
    heads = "".join(f'<th style="text-align:left;{line}">{escape(h)}</th>' for h in shown.heads)
    rows = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:left;{line}">{escape(cell)}</td>' for cell in row)
        + "</tr>"
        for row in shown.rows
    )
    asks = "<p>Ask " + ", ".join(f"<code>{escape(name)}</code>" for name in shown.ask) + "</p>"
    verdict = f'<p style="max-width:46em">{escape(shown.verdict)}</p>' if shown.verdict else ""
    return (
        '<div style="color:inherit;background:transparent;line-height:1.45;overflow-x:auto">'
        f"<p><strong>{escape(shown.title)}</strong></p>{verdict}"
        f'<table style="border-collapse:collapse;color:inherit"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        f"{asks if shown.ask else ''}</div>"
    )


def _placed(row: tuple[str, ...], columns: list[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(row, columns, strict=True)]
