"""Every example runs from a fresh clone, warns of nothing, and prints its answer."""

import contextlib
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from conftest import item_response

from market.foundation.random_streams import Streams
from market.population import write_records

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
LINES = 20  # of text


@cache
def answer(name: str, *arguments: str) -> str:
    """What an example prints; it fails where the example does, or warns."""
    path = ROOT / "examples" / f"{name}.py"
    if "\nif __name__" in path.read_text(encoding="utf-8"):  # it starts processes, which import it
        return answer_of_a_process(path, *arguments)
    printed, complaints = StringIO(), StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(ROOT),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(complaints),
    ):
        patch.setattr(sys, "argv", [str(path), *arguments])
        runpy.run_path(str(path), run_name="__main__")
    assert complaints.getvalue() == ""
    return printed.getvalue()


def answer_of_a_process(path: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"[-+]?\d+\.\d+", text)]


def cutting_pays_and_hurts_the_others(text: str) -> bool:
    (north, _, east, _), (north_then, _, east_then, _) = map(numbers, text.splitlines())
    return east_then > east and north_then < north


def buyers_bear_the_tax(text: str) -> bool:
    surplus, _, _, tax = numbers(text)
    return surplus < -tax < 0


def different_models_are_worth_routing_over(text: str) -> bool:
    _, *rows = text.splitlines()
    low, high = {row.split()[0]: numbers(row)[-2:] for row in rows}["arbitrage_share"]
    return 0 < low < high


def the_prices_that_moved_are_told(text: str) -> bool:
    told = re.search(r"^prices are \w+; period (\d+|None)$", text, re.MULTILINE)
    return told is not None and set(numbers(text)) > {min(numbers(text))}


def the_file_is_small(text: str) -> bool:
    size = re.fullmatch(r"what-if\.html: (\d+) kB\n", text)
    return size is not None and 5 < int(size[1]) < 500


def prices_fall_and_surplus_rises(text: str) -> bool:
    index, surplus = zip(*map(numbers, text.splitlines()), strict=True)
    return index == tuple(sorted(index, reverse=True)) and surplus == tuple(sorted(surplus))


def the_fee_falls_and_buyers_come(text: str) -> bool:
    rows = re.findall(r"asks (\S+) USD and has (\d+) buyers", text)
    (first, few), (last, many) = rows[0], rows[-1]
    return len(rows) == 10 and float(last) < float(first) and int(many) > int(few)


def the_second_arbitrageur_lowers_the_price(text: str) -> bool:
    _, *rows = text.splitlines()
    mean = [numbers(row)[0] for row in rows]
    return len(mean) == 4 and mean[2] < mean[0]


def margins_are_positive_and_lower_out_of_sample(text: str) -> bool:
    inside, outside = numbers(text)
    return 0 < outside < inside


def the_table_has_rules_and_the_loss_of_a_provider(text: str) -> bool:
    ruled = all(rule in text for rule in (r"\toprule", r"\bottomrule"))
    return ruled and bool(re.search(r"^ *\w+ & provider & .* & \$-\$[\d.]+ ", text, re.MULTILINE))


ANSWERS: dict[str, Callable[[str], bool]] = {
    "a_pricing_rule_of_my_own": cutting_pays_and_hurts_the_others,
    "a_table_for_a_paper": the_table_has_rules_and_the_loss_of_a_provider,
    "a_tax_on_routing": buyers_bear_the_tax,
    "a_what_if_to_mail": the_file_is_small,
    "compare_two_markets": different_models_are_worth_routing_over,
    "do_prices_converge": the_prices_that_moved_are_told,
    "does_arbitrage_lower_prices": prices_fall_and_surplus_rises,
    "step_the_market_by_hand": the_fee_falls_and_buyers_come,
    "sweep_the_number_of_arbitrageurs": the_second_arbitrageur_lowers_the_price,
    "what_is_routing_worth_on_my_records": margins_are_positive_and_lower_out_of_sample,
}


def test_every_example_has_an_answer_to_check():
    assert [path.stem for path in EXAMPLES] == sorted(ANSWERS)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_an_example_prints_its_answer(name):
    assert ANSWERS[name](answer(name)), answer(name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_short(path):
    assert sum(map(bool, path.read_text(encoding="utf-8").splitlines())) <= LINES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_readme_names_an_example(path):
    assert path.name in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_for_records_takes_a_folder_of_them(tmp_path):
    population = item_response(problems=12).select(["small", "large"])
    write_records(population, 4, tmp_path / "records", Streams(1))
    inside, _ = numbers(answer("what_is_routing_worth_on_my_records", str(tmp_path / "records")))
    assert inside > 0
