"""Names of measures of version 0.1: what says them is read, and who says them is told."""

import pandas as pd
import pytest
from frames import small_run, study_frames

import market
from market import charts
from market.measures.labels import measure
from market.measures.old_names import OLD_NAMES, current, in_present_names
from market.report import read_subject
from market.report.headlines import table

OLD, NEW = "marginal_revenue_per_query", "revenue_per_query"


def as_of_old(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as version 0.1 wrote it."""
    back = {new: old for old, new in OLD_NAMES.items()}
    found = frame.rename(columns=back)
    return found.assign(measure=found["measure"].replace(back)) if "measure" in found else found


@pytest.fixture(scope="module")
def run() -> market.RunResult:
    return small_run(1)


@pytest.fixture(scope="module")
def old_folder(run, tmp_path_factory):
    """The run as version 0.1 would have written it."""
    folder = run.save(tmp_path_factory.mktemp("old") / "run")
    for name, frame in run.tables.items():
        as_of_old(frame).to_parquet(folder / f"{name}.parquet", index=False)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"{NEW}"', f'"{OLD}"'))
    return folder


def test_a_present_name_stays_as_it_is():
    assert current(NEW) == NEW


def test_who_says_an_old_name_is_told_the_new_one():
    with pytest.warns(DeprecationWarning, match=f"{OLD} is called {NEW} now") as told:
        assert measure(OLD) == measure(NEW)
    assert told[0].filename == __file__


def test_an_old_folder_of_a_run_reads_as_a_new_one(run, old_folder):
    again = market.RunResult.read(old_folder)
    pd.testing.assert_frame_equal(again.market, run.market)
    pd.testing.assert_frame_equal(again.providers, run.providers)


def test_a_report_of_an_old_folder_has_the_measure(old_folder):
    rows = {row[0]: row[1] for row in table(read_subject(old_folder)).rows}
    assert rows["providers' revenue, $ per query"] != "–"


def test_old_frames_are_drawn_under_old_and_new_names():
    frames = study_frames((0, 1), 2)
    summary, differences = (as_of_old(frames[name]) for name in ("summary", "differences"))
    new = charts.measure_by_parameter(summary, NEW, differences)
    with pytest.warns(DeprecationWarning, match=NEW):
        old = charts.measure_by_parameter(summary, OLD, differences)
    assert old == new


def test_ticks_of_an_old_run_are_drawn(run):
    with pytest.warns(DeprecationWarning, match=NEW):
        drawn = charts.measures_over_ticks(as_of_old(run.market), [OLD])
    assert drawn == charts.measures_over_ticks(run.market, [NEW])


def test_a_frame_of_today_is_left_as_it_is(run):
    pd.testing.assert_frame_equal(in_present_names(run.market), run.market)
