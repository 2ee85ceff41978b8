"""Tokens become dollars, and records are priced anew."""

import json
from pathlib import Path

import pytest
from conftest import SHARED
from importers.other_files import imported, put, put_rows

from market.foundation.errors import DataError
from market.importers import ImportOptions, ImportPlan, Tokens, import_source
from market.importers.own_prices import OneModel, OwnPrices, price_list
from market.importers.pricing import Pricing
from market.importers.reprice import Repricing, reprice_records
from market.importers.token_prices import DATED, TODAYS, PublicPrices, require_date

TOKENS = {
    "id": "p",
    "attempts": [1, 0],
    "costs": [0.4, 0.2],
    "tokens_in": [100_000, 50_000],
    "tokens_out": [2_000, 1_000],
}


def repriced(source: Path, out: Path, wanted: Repricing) -> dict[str, list[dict]]:
    reprice_records(source, out, wanted)
    return {
        file.name.removesuffix(".jsonl"): [
            json.loads(line) for line in file.read_text().splitlines()
        ]
        for file in out.glob("*.jsonl")
    }


def test_a_known_model_s_tokens_cost_what_its_list_says():
    price = PublicPrices().price("gpt-5-mini", None)
    assert price.dollars(Tokens(100_000, 2_000)) == pytest.approx(0.029, rel=1e-12)


@pytest.mark.parametrize("model", ["gpt-5-mini", "claude-sonnet-4-5", "gemini-2.5-pro"])
def test_plain_and_tiered_prices_agree_with_the_library(model):
    from genai_prices import Usage, calc_price

    tokens = Tokens(300_000, 5_000, 120_000, 30_000)
    usage = Usage(
        input_tokens=300_000,
        output_tokens=5_000,
        cache_read_tokens=120_000,
        cache_write_tokens=30_000,
    )
    wanted = float(calc_price(usage, model_ref=model).total_price)
    assert PublicPrices().price(model, None).dollars(tokens) == pytest.approx(wanted, rel=1e-12)


def test_a_model_may_be_named_after_its_provider():
    prices = PublicPrices()
    assert prices.price("openai/gpt-5-mini", None) == prices.price("gpt-5-mini", None)


def test_only_a_dated_price_is_that_of_its_date():
    prices = PublicPrices()
    assert prices.price("gpt-5-mini", "2026-01-01").basis == TODAYS
    old, new = (prices.price("claude-opus-4-6", on) for on in ("2026-03-01", "2026-04-01"))
    assert (old.basis, new.basis) == (DATED, DATED)
    many = Tokens(300_000, 0)
    assert old.dollars(many) == pytest.approx(2 * new.dollars(many))


def test_an_unknown_model_is_refused_with_the_nearest_names(tmp_path):
    put_rows(tmp_path / "s" / "gpt5mini.jsonl", TOKENS)
    with pytest.raises(DataError, match=r"gpt5mini: genai-prices .*nearest names: .*gpt-5-mini"):
        reprice_records(tmp_path / "s", tmp_path / "out", Repricing())
    assert not (tmp_path / "out").exists()


def test_the_name_in_the_list_may_be_given(tmp_path):
    put_rows(tmp_path / "s" / "mine.jsonl", TOKENS)
    rows = repriced(tmp_path / "s", tmp_path / "out", Repricing(names={"mine": "gpt-5-mini"}))
    assert rows["mine"][0]["costs"] == [pytest.approx(0.029), pytest.approx(0.0145)]


def test_a_list_of_one_s_own_counts_before_the_source_s_costs(tmp_path):
    put_rows(tmp_path / "s" / "m.jsonl", {**TOKENS, "tokens_cached": [10_000, 0]})
    file = put(tmp_path / "prices.csv", "model,input,output,cached\nm,1,10,0.1\n")
    rows, _ = imported(tmp_path / "s", tmp_path / "out", pricing=Pricing(OwnPrices(file)))
    assert rows["m"][0]["costs"] == [pytest.approx(0.111), pytest.approx(0.06)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,input\n", r"prices\.csv:1: no column 'model'"),
        ("model,input,output\nm,1,\n", r"prices\.csv:2: input and output need a price each"),
        ("model,input,output\nm,-1,2\n", r"prices\.csv:2: input is '-1'; it must be 0 or more"),
        ("model,input,output\nm,1,2\nm,1,2\n", r"prices\.csv:3: 'm' has a price already"),
    ],
)
def test_a_wrong_price_list_is_refused_by_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        price_list(str(put(tmp_path / "prices.csv", text)))


def test_a_date_that_is_none_is_refused():
    with pytest.raises(DataError, match="--date 'June': write it as YYYY-MM-DD"):
        require_date("June")


def test_one_model_s_price_moves_and_the_others_stay(tmp_path):
    put_rows(tmp_path / "s" / "a.jsonl", TOKENS)
    put_rows(tmp_path / "s" / "b.jsonl", TOKENS)
    rows = repriced(
        tmp_path / "s", tmp_path / "out", Repricing({"a"}, OneModel("a", 2.0, 20.0, 2.0))
    )
    assert rows["a"][0]["costs"] == [pytest.approx(0.24), pytest.approx(0.12)]
    assert rows["b"][0]["costs"] == [0.4, 0.2]


def test_records_without_tokens_are_repriced_by_a_factor_alone(tmp_path):
    put_rows(tmp_path / "s" / "a.jsonl", {"id": "p", "attempts": [1], "mean_cost": 0.4})
    with pytest.raises(DataError, match=r"a\.jsonl:1: a has no tokens .*--factor"):
        reprice_records(tmp_path / "s", tmp_path / "out", Repricing({"a"}, OneModel("a", 1, 1, 1)))
    rows = repriced(tmp_path / "s", tmp_path / "out", Repricing({"a"}, factor=0.5))
    assert rows["a"][0]["mean_cost"] == 0.2


def test_repriced_records_keep_attempts_tokens_and_where_they_are_from(tmp_path):
    put_rows(tmp_path / "s" / "a.jsonl", TOKENS)
    put(tmp_path / "s" / "source.json", {"reader": "harbor"})
    rows = repriced(tmp_path / "s", tmp_path / "out", Repricing(factor=2.0))
    assert rows["a"][0] == {**TOKENS, "costs": [0.8, 0.4], "mean_cost": pytest.approx(0.6)}
    about = json.loads((tmp_path / "out" / "source.json").read_text())
    assert about["from"] == {"reader": "harbor"}
    assert about["options"]["factor"] == 2.0


def test_the_cost_given_is_taken_where_there_is_nothing_else(tmp_path):
    file = put(tmp_path / "x.csv", "problem,model,solved,cost\np,a,1,0.5\nq,b,1,\n")
    rows, summary = imported(file, tmp_path / "out", pricing=Pricing(per_attempt={"b": 0.25}))
    assert (rows["a"][0]["costs"], rows["b"][0]["costs"]) == ([0.5], [0.25])
    assert [dict(model.basis) for model in summary.models] == [{"source": 1}, {"given": 1}]


# a real sample


@pytest.fixture
def arena() -> Path:
    folder = SHARED / "data" / "routerarena"
    if not folder.is_dir():
        pytest.skip("the sample of RouterArena is not here; it is not part of the project")
    return folder


def costs_of(folder: Path) -> dict[tuple[str, str], float]:
    return {
        (file.name, row["id"]): row["mean_cost"]
        for file in folder.glob("*.jsonl")
        for row in map(json.loads, file.read_text().splitlines())
    }


def test_the_sample_has_two_models_41_problems_and_its_own_dollars(arena, tmp_path):
    summary = import_source(ImportPlan(arena), tmp_path / "out")
    rows = [
        json.loads(line)
        for file in sorted(arena.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    told = {
        (f"{row['llm_selected']}.jsonl", row["global_index"]): row["evaluation_result"][
            "inference_cost"
        ]
        for row in rows
    }
    assert [(model.name, model.problems, model.between) for model in summary.models] == [
        ("claude-3-haiku-20240307", 41, 4),
        ("gemini-2.0-flash-001", 41, 4),
    ]
    assert costs_of(tmp_path / "out") == told


def test_the_sample_costs_the_same_by_its_tokens_and_the_public_list(arena, tmp_path):
    import_source(ImportPlan(arena), tmp_path / "by_source")
    import_source(ImportPlan(arena, pricing=Pricing(PublicPrices())), tmp_path / "by_tokens")
    told = costs_of(tmp_path / "by_source")
    assert costs_of(tmp_path / "by_tokens") == pytest.approx(told, rel=1e-9)


def test_a_wide_table_is_priced_by_tokens_of_its_question_and_one_of_its_answer(tmp_path):
    file = put(tmp_path / "x.csv", "id,input_tokens,gpt-5-mini\na,1000,1\n")
    options = ImportOptions(wide=True, tokens_in="input_tokens", tokens_out="1")
    rows, _ = imported(file, tmp_path / "out", options)
    assert rows["gpt-5-mini"][0]["mean_cost"] == pytest.approx((1000 * 0.25 + 2) / 1e6)
