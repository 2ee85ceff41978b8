"""Commands on scenarios with changes, and odd options of them, as hypothesis strategies."""

import json
from typing import Any

from fuzz.answers import Case
from fuzz.documents import Documents, parts, scenario_files, scenarios, small, toml
from fuzz.mutations import damaged, mutated
from fuzz.odd_values import anything, as_written, texts
from hypothesis import strategies as st

JSON = ("--json",)


def scenario_documents() -> st.SearchStrategy[Any]:
    """Scenarios with a few changes; their sizes are small unless they are beyond all sense."""
    return mutated(scenarios(), parts()).map(small)


@st.composite
def checked(draw: st.DrawFn) -> Case:
    """A scenario of any size that is checked."""
    content = toml(draw(mutated(Documents([*scenarios(), *scenario_files()]), parts())))
    return Case(
        ("check", "s.toml", *draw(st.sampled_from([(), JSON]))), {"s.toml": draw(damaged(content))}
    )


@st.composite
def ran(draw: st.DrawFn) -> Case:
    """A small scenario that is run, swept, compared, or whose frontier is asked for."""
    content = toml(draw(scenario_documents()))
    words = draw(
        st.sampled_from(
            [
                ("run", "s.toml", "--out", "out"),
                ("run", "s.toml", "--out", "out", "--json"),
                ("run", "s.toml", "--out", "out", "--report"),
                ("frontier", "s.toml", "--draws", "0"),
                ("frontier", "s.toml", "--draws", "40", "--json"),
                ("compare", "s.toml", "--arbitrageurs", "1", "--replicates", "2", "--jobs", "1"),
                ("sweep", "s.toml", "--out", "out", "--jobs", "1", "--keep", "summary"),
                ("cite", "s.toml"),
            ]
        )
    )
    return Case(words, {"s.toml": content})


@st.composite
def overridden(draw: st.DrawFn) -> Case:
    """A shipped scenario with `--set`, whose paths and values are odd."""
    path = draw(paths())
    value = draw(anything)
    text = as_written(json.dumps(value, default=str)) if draw(st.booleans()) else str(value)
    option = draw(st.sampled_from(["--set"] * 4 + ["--vary", "--seed", "--arbitrageurs"]))
    name = draw(
        st.sampled_from(["synthetic", "swebench", "weak_tests", "newcomer", "distillation"])
    )
    if option == "--vary":
        words = ("sweep", name, "--out", "out", "--status", "none", "--vary", f"{path}={text}")
    elif option == "--set":
        words = ("check", name, "--set", f"{path}={text}")
    else:
        words = ("run", name, "--out", "out", "--set", "ticks=0", option, text)
    return Case(tuple(word.replace("\x00", "") for word in words), {})


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A dotted path of a setting, with names in it that are odd."""
    known = st.sampled_from(sorted(parts()))
    names = ["providers", "consumers", "teams", "arbitrageurs", "routers", "population", "sweep"]
    step = st.sampled_from(names) | known | texts | st.just('"a.b"')
    several = draw(st.lists(step, max_size=4))
    whole = ["consumers.teams.demand", "providers.North.pricing.kind", "add.x", "price_factor.sun"]
    return ".".join(several) if several else draw(st.sampled_from([*whole, "a." * 3000]))
