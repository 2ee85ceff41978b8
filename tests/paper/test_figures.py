import json
from pathlib import Path

import numpy as np
import pytest

from market.foundation.errors import DataError
from market.paper import check
from market.paper.published import PUBLISHED

SHARED = Path(__file__).parents[3] / "shared"
RECORDS = SHARED / "data" / "swebench"
REFERENCE = SHARED / "reference" / "paper_swebench.json"
needs_records = pytest.mark.skipif(
    not (RECORDS / "distill").is_dir(), reason=f"no released SWE-bench records at {RECORDS}"
)
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_file(), reason=f"no reference curves at {REFERENCE}"
)


def test_a_missing_folder_of_records_is_named(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        check(tmp_path / "nowhere")


@pytest.fixture(scope="module")
def report(paper_check):
    return paper_check[0]


@pytest.fixture(scope="module")
def reference():
    return json.loads(REFERENCE.read_text(encoding="utf-8"))


@needs_records
def test_a_missing_folder_of_students_is_named(tmp_path):
    for path in RECORDS.glob("*.jsonl"):
        (tmp_path / path.name).symlink_to(path)
    with pytest.raises(DataError, match="distill: no such folder"):
        check(tmp_path)


@needs_records
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_figure_is_reproduced(report, name):
    figure = next(figure for figure in report.figures if figure.name == name)
    assert figure.computed == pytest.approx(figure.published, abs=figure.tolerance, rel=0)


@needs_records
def test_report_is_plain_json_and_names_its_steps(report, paper_check):
    assert json.loads(json.dumps(report.to_json(), allow_nan=False)) == report.to_json()
    assert paper_check[1] == [
        "read records",
        "two models",
        "price competition",
        "revenue",
        "six models",
        "distillation",
        "entry",
        "fitting budget",
        "resampled problems",
    ]


def same_curve(computed, reference, **tolerance):
    got, wanted = (np.array(values, dtype=float) for values in (computed, reference))
    assert np.isfinite(got).tolist() == np.isfinite(wanted).tolist()
    finite = np.isfinite(wanted)
    assert got[finite] == pytest.approx(wanted[finite], **tolerance)


@needs_records
@needs_reference
@pytest.mark.parametrize(
    "name", ["price_gpt5mini", "price_deepseek", "market_price", "arbitrage_cost"]
)
def test_two_models_curve_is_the_reference(report, reference, name):
    same_curve(report.curves["two_models"][name], reference["two_model"][name], rel=1e-4)


@needs_records
@needs_reference
def test_two_models_margin_and_revenue_are_the_reference(report, reference):
    wanted = reference["two_model"]
    same_curve(report.curves["two_models"]["margin"], wanted["margin"], abs=1e-4, rel=0)
    same_curve(report.curves["revenue"]["change"], wanted["revenue_change"], rel=1e-3)


@needs_records
@needs_reference
@pytest.mark.parametrize("side", ["share_without", "share_with"])
def test_two_models_shares_are_the_reference(report, reference, side):
    for who, wanted in reference["two_model"][side].items():
        same_curve(report.curves["revenue"][side][who], wanted, abs=1e-3, rel=1e-3)


@needs_records
@needs_reference
def test_six_models_curves_are_the_reference(report, reference):
    got, wanted = report.curves["six_models"], reference["six_model"]
    same_curve(got["solve_rate"], wanted["grid"], abs=1e-6, rel=0)
    same_curve(got["market_price"], wanted["market"], rel=1e-3)
    same_curve(got["arbitrage_cost"], wanted["arb"], rel=1e-3)
    same_curve(got["margin"], wanted["margin"], abs=1e-4, rel=0)


@needs_records
@needs_reference
def test_fitting_budget_means_are_near_the_reference(report, reference):
    names = {"fit_all": "", "fit_django": "fit_on_django.", "fit_not_django": "fit_on_others."}
    curves = report.curves["fitting_budget"]
    compared = 0
    for run, prefix in names.items():
        for spend, wanted in reference["fit_budget"][run].items():
            if f"{prefix}{spend}" in curves:
                assert curves[f"{prefix}{spend}"]["mean"] == pytest.approx(wanted["mean"], abs=0.04)
                compared += 1
    assert compared == 11
