import re
from pathlib import Path

from market.loading import json_schema

DOCS = Path(__file__).parents[1] / "docs"


def test_the_description_names_every_rule_there_is():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", text))
    shapes = {"constant", "uniform", "lognormal", "beta"}
    kinds = {
        part["properties"]["kind"]["const"]
        for part in json_schema()["$defs"].values()
        if "const" in part.get("properties", {}).get("kind", {})
    }
    assert kinds - shapes <= told


def test_the_description_has_the_seven_elements():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d)\.", text, re.MULTILINE) == list("1234567")
