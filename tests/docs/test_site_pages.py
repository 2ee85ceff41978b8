"""The pages that the site adds to the docs, and the links that it rewrites."""

import importlib
import math
import re
from pathlib import Path, PurePosixPath

import pandas as pd
import pytest

from market.scenario import json_schema

FOLDER = Path(__file__).parents[2] / "docs" / "site"


@pytest.fixture
def module(monkeypatch):
    """A module of the site by its name; they are scripts beside each other, and no package."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


@pytest.mark.parametrize(
    ("home", "link", "uri", "expected"),
    [
        ("docs/guide.md", "../README.md", "guide.md", "overview.md"),
        ("docs/guide.md", "../README.md#start", "guide.md", "overview.md#start"),
        ("README.md", "docs/world.md#a", "overview.md", "world.md#a"),
        ("README.md", "docs/market.png", "overview.md", "market.png"),
        ("README.md", "LICENSE", "overview.md", "files/LICENSE"),
        ("docs/guide.md", "model.md", "guide.md", "model.md"),
    ],
)
def test_a_link_of_the_repository_leads_to_the_same_file_in_the_site(
    module, home, link, uri, expected
):
    pytest.importorskip("mkdocs", reason="the extra `dev`")
    hooks = module("hooks")
    found = hooks.LINK.search(f"[words]({link})")
    assert hooks.rewritten(found, PurePosixPath(home), uri) == expected


@pytest.mark.parametrize(
    "text", ["[a](https://a.example)", "[a](#here)", "[a](mailto:a@b.example)"]
)
def test_links_elsewhere_and_within_a_page_are_left(module, text):
    pytest.importorskip("mkdocs", reason="the extra `dev`")
    assert module("hooks").LINK.search(text) is None


def test_every_key_of_a_scenario_file_is_in_its_page(module):
    rows = set(re.findall(r"^\| `(\w+)` \|", module("scenario_keys").page(), re.MULTILINE))
    tables = [part for name, part in json_schema()["$defs"].items() if name[:6] != "Change"]
    assert {key for part in tables for key in part.get("properties", {})} == rows


def test_a_line_has_a_gap_where_a_value_is_missing(module):
    path = module("pictures").path([1.0, math.nan, 1.0, 1.0], 1.0, "whole")
    assert re.findall(r"[ML]", path) == ["M", "M", "L"]


def test_a_price_index_above_one_is_within_the_picture(module):
    pictures = module("pictures")
    ticks = pd.DataFrame({"price_index": [1.0, 2.0], "arbitrage_share": [0.0, 1.0]})
    drawn = pictures.figure(ticks, {"price_index": 2.0, "arbitrage_share": 1.0})
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", drawn)]
    low, high = pictures.HEIGHT - pictures.EDGE, pictures.EDGE
    middle = (low + high) / 2
    assert heights == [middle, middle, high, low, middle]


def test_a_file_s_first_comment_becomes_paragraphs_and_commands(module):
    text = "# Why?\n#\n# Since it is.\n# See:  market run a\n#     market sweep a\n\nname = 'a'\n"
    paragraphs, rest = module("gallery").split(text)
    assert paragraphs == [
        "Since it is. See:",
        "```text\nmarket run a\n```",
        "```text\nmarket sweep a\n```",
    ]
    assert rest == "name = 'a'"
