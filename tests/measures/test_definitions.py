"""Every measure has a meaning that a reader can look up by its label."""

from market.measures.definitions import DEFINITIONS, definition, without_unit
from market.measures.labels import MEASURES
from market.measures.parameter_words import parameter_in_words


def test_every_measure_is_defined_and_nothing_else_is():
    assert set(DEFINITIONS) == set(MEASURES)


def test_the_meaning_of_every_measure_is_found_by_its_label():
    for name, known in MEASURES.items():
        assert definition(known.label) == DEFINITIONS[name]


def test_labels_without_units_tell_measures_apart():
    labels = [without_unit(known.label) for known in MEASURES.values()]
    assert len(set(labels)) == len(labels)


def test_a_word_that_is_no_measure_has_no_meaning():
    assert definition("this market") == ""


def test_a_parameter_of_a_group_is_called_by_its_words():
    assert parameter_in_words("arbitrageurs.routers.pricing.step") == "pricing step (routers)"
    assert parameter_in_words("arbitrageurs.routers.count") == "arbitrageurs (routers)"
    assert parameter_in_words("policy.routing_tax") == "policy.routing_tax"
