"""Old import paths and names answer for one release, with a warning that names the new ones."""

import importlib

import numpy as np
import pytest

from market.strategies import ProviderView

OLD_PATHS = [
    ("market.parts", "Part"),
    ("market.views", "ProviderView"),
    ("market.appraisal", "appraise"),
    ("market.records", "read_records"),
    ("market.sources", "read_population"),
    ("market.calibrate", "calibrate_records"),
    ("market.streams", "Streams"),
    ("market.vocabulary", "HEADLINES"),
]


@pytest.mark.parametrize(("module", "name"), OLD_PATHS)
def test_an_old_path_answers_and_names_the_new_one(module, name):
    with pytest.warns(DeprecationWarning, match=rf"{module}.{name} is now market\.\w+") as told:
        found = getattr(importlib.import_module(module), name)
    new = str(told[0].message).split(" is now ")[1].split(";")[0]
    package, _, attribute = new.rpartition(".")
    assert getattr(importlib.import_module(package), attribute) is found


def test_an_old_path_has_no_other_names():
    with pytest.raises(AttributeError, match=r"module 'market\.parts' has no attribute 'Nothing'"):
        importlib.import_module("market.parts").Nothing  # noqa: B018


@pytest.mark.parametrize(("old", "new"), [("lot", "uniform_draw"), ("prospects", "expected")])
def test_an_old_name_on_a_view_answers_and_names_the_new_one(old, new):
    view = ProviderView(0, np.array([0.5]), (), uniform_draw=0.3)
    with pytest.warns(DeprecationWarning, match=f"view.{old} is now view.{new}"):
        assert getattr(view, old) is getattr(view, new)
