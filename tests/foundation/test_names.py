"""Which texts may be names, and how others are printed."""

import pytest

from market.foundation.errors import MarketError
from market.foundation.names import (
    commanding,
    escaped,
    not_a_file,
    unprintable,
    without_endless_words,
)

UNSEEN = [
    "\x1b",
    "\x00",
    "\x7f",
    "\x9b",
    "\x9d",
    "\n",
    "\t",
    "\u200b",
    "\u202e",
    "\u2028",
    "\ufeff",
]


@pytest.mark.parametrize("character", [*UNSEEN, "\ud800"])
def test_what_cannot_be_seen_is_in_no_name(character):
    assert unprintable(f"a{character}b") == f"U+{ord(character):04X}"


@pytest.mark.parametrize(
    "name", ["GPT 5", "Größe", "模型", "نموذج", "a\u00a0b", "o4-mini (high)", "🦙"]
)
def test_names_of_any_script_are_names(name):
    assert unprintable(name) is None
    assert escaped(name) == name


def test_what_is_printed_holds_nothing_that_a_terminal_obeys():
    text = "a\x1b]0;t\x07b\x9bc\u202ed\u2028e\x7f\udc80\r\nf\tg"
    assert escaped(text) == r"a\x1b]0;t\x07b\x9bc\u202ed\u2028e\x7f\x80\r" + "\nf\tg"


def test_an_argument_may_have_lines_joined_letters_and_any_bytes_but_no_commands():
    assert commanding("می\u200cخواهم\n\t\udc80") is None
    assert commanding("a\x9d0;b") == "U+009D"
    assert commanding("a\u2066b") == "U+2066"


@pytest.mark.parametrize(
    "name", ["CON", "nul.toml", "a/com1", "dots.", "blank ", "lpt9 .x", "a\x07"]
)
def test_names_that_windows_cannot_have_are_not_of_files(name):
    assert not_a_file(name)


@pytest.mark.parametrize("name", ["console", "com10", "a.b", "openai/gpt-5", "com"])
def test_names_that_only_look_like_devices_are_of_files(name):
    assert not_a_file(name) is None


@pytest.mark.parametrize(("length", "cut"), [(255, False), (256, True), (300_000, True)])
def test_a_message_cuts_words_that_no_file_can_be_called_and_keeps_the_rest(length, cut):
    word = "x" * length
    message = f"{'folder/' * 100}{word} cannot be read"
    told = f"{'folder/' * 100}{word[:40] + '…' if cut else word} cannot be read"
    assert without_endless_words(message) == told
    assert str(MarketError(message)) == told
