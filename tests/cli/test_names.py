"""Names of models as options take them: commas, equals signs, quotes and blanks in them."""

import json

import pytest
from typer.testing import CliRunner

from market.cli.app import app
from market.cli.options import names_of, pairs_of, reading_of
from market.foundation.errors import DataError


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ('"a,b",c', ["a,b", "c"]),
        ('c, "a,b"', ["c", "a,b"]),
        ('"a ""x""",b', ['a "x"', "b"]),
        ("d=e,f.g,h i", ["d=e", "f.g", "h i"]),
        ("a,,b", ["a", "b"]),
    ],
)
def test_names_are_separated_by_commas_and_quoted_where_they_have_one(listed, names):
    assert names_of(listed) == names


@pytest.mark.parametrize("listed", ['"a', 'a"b', '"a"b'])
def test_a_quote_that_is_out_of_place_is_refused_with_the_rule(listed):
    with pytest.raises(DataError, match="stands in double quotes"):
        names_of(listed)


def test_only_the_first_equals_sign_ends_a_name_that_is_not_quoted():
    assert pairs_of(["a=b=c", '"d=e"=f'], "--title") == {"a": "b=c", "d=e": "f"}


def test_the_first_line_is_kept_or_runs_are_merged_but_not_both():
    with pytest.raises(DataError, match="leave out --merge-runs"):
        reading_of(None, merge_runs=True, keep="first")


def test_a_free_model_with_a_comma_in_its_name_is_shown_as_free(tmp_path):
    for name, cost in (("a,b", 0), ("c", 0.3)):
        rows = [{"id": i, "mean_cost": cost, "attempts": [1, 0, i % 2] * 2} for i in range(4)]
        (tmp_path / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    answer = CliRunner().invoke(app, ["frontier", str(tmp_path), "--models", '"a,b",c', "--json"])
    found = json.loads(answer.stdout)
    assert found["models"][0]["mean_attempt_cost"] == 0
    assert set(found["market_price"]) == {0.0}
    assert max(found["margin"]) == pytest.approx(0, abs=1e-4)  # of an amount that nobody sees
