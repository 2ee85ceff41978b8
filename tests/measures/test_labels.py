import math

from frames import small_run

from market.measures.labels import HEADLINES, MEASURES, measure, parameter


def test_every_measure_of_a_run_has_its_words():
    counted = {"tick", "queries_sent", "queries_served", "imbalance"}
    assert set(small_run(1).market.columns) - counted <= set(MEASURES)


def test_headlines_are_measures():
    assert set(HEADLINES) <= set(MEASURES)


def test_a_measure_of_money_says_what_it_is_per():
    price = measure("price_per_query")
    assert price.text(0.0291) == "0.0291"
    assert price.label == "paid, $ per query"
    assert price.unitless == "paid per query"


def test_a_missing_value_is_a_dash():
    assert measure("hhi").text(math.nan) == "–"


def test_a_measure_that_is_not_known_is_written_as_its_name_says():
    assert measure("new_measure").label == "new measure"


def test_the_number_of_arbitrageurs_is_in_words_and_other_parameters_are_paths():
    assert parameter("arbitrageurs.routers.count") == "the number of arbitrageurs (routers)"
    assert parameter("consumers.teams.size") == "consumers.teams.size"
