"""Charts as files, drawn by kaleido in a browser that is there, without a network."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from plotly.graph_objects import Figure

from market.charts import file_name
from market.foundation.errors import MarketError
from market.report.section import Section

FIGURE_FORMATS = ("svg", "pdf", "png")
WIDTH = 760  # pixels: the text of a page
SCALE = 2  # pixels of a PNG by pixel
_WAY_OUT = "install this package with its extra figures (from a checkout: pip install '.[figures]')"
_NO_BROWSER = (
    "--figures: no Chrome or Chromium is found to draw them with; install one, or name the program "
    "in the variable BROWSER_PATH; tables need none: leave out --figures"
)


def named(sections: Sequence[Section]) -> dict[str, Figure]:
    """Charts by the name of their file: that of their question, numbered where it comes again.

    What is played has no place on paper and is left out.
    """
    found: dict[str, Figure] = {}
    for section in sections:
        if section.chart.frames:
            continue
        name = file_name(section.chart.layout.title.text or "")
        again = sum(known == name or known.startswith(f"{name}-") for known in found)
        found[f"{name}-{again + 1}" if name in found else name] = section.chart
    return found


def require_kaleido() -> None:
    """Refuse where charts cannot be written.

    Raises
    ------
    MarketError
        kaleido is not installed; the message says how to.
    """
    if find_spec("kaleido") is None:
        raise MarketError(f"--figures: needs kaleido; {_WAY_OUT}, or leave out --figures")


def write_figures(
    figures: Mapping[str, Figure], formats: Sequence[str], folder: Path
) -> list[Path]:
    """Write each chart in each format to a folder that is there.

    Raises
    ------
    MarketError
        There is no kaleido or no browser, or the browser fails.
    """
    require_kaleido()
    import kaleido
    from choreographer.browsers import ChromeNotFoundError
    from kaleido.errors import KaleidoError

    wanted = [
        {
            "fig": chart,
            "path": folder / f"{name}.{form}",
            "opts": {
                "format": form,
                "width": WIDTH,
                "height": chart.layout.height,
                "scale": SCALE if form == "png" else 1,
            },
        }
        for name, chart in figures.items()
        for form in formats
    ]
    script = files("plotly") / "package_data" / "plotly.min.js"
    try:
        kaleido.write_fig_from_object_sync(
            wanted,
            cancel_on_error=True,
            kopts={"plotlyjs": Path(str(script)), "mathjax": False},
        )
    except ChromeNotFoundError as error:
        raise MarketError(_NO_BROWSER) from error
    except KaleidoError as error:
        raise MarketError(
            f"--figures: a chart cannot be drawn ({_first_line(error)}); choose others with "
            f"--figure: {', '.join(figures)}"
        ) from error
    except (RuntimeError, OSError, TimeoutError) as error:
        raise MarketError(
            f"--figures: the browser that draws them failed ({_first_line(error)}); see that it "
            "starts, name another in the variable BROWSER_PATH, or leave out --figures"
        ) from error
    return [Path(str(one["path"])) for one in wanted]


def _first_line(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    lines = str(said[0] if isinstance(said, tuple) and said else said).splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
