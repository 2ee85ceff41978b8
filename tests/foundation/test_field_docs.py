"""What fields say of themselves is read from the source, those of bases too."""

from market.foundation.config import Part
from market.foundation.field_docs import field_docs


class Base(Part):
    """A base."""

    one: float = 1.0
    """The first.

    In two paragraphs.
    """
    two: float = 2.0
    three: float = 3.0
    """The third."""


class Other(Base):
    """One that says more of a field."""

    three: float = 4.0
    """Not the third."""

    def five(self) -> None:
        """No field."""


def test_fields_say_what_stands_below_them():
    assert field_docs(Base) == {"one": "The first.\n\nIn two paragraphs.", "three": "The third."}


def test_a_field_said_anew_says_the_new():
    said = {"one": "The first.\n\nIn two paragraphs.", "three": "Not the third."}
    assert field_docs(Other) == said
    fields = Other.model_json_schema()["properties"]
    told = {k: v["description"] for k, v in fields.items() if "description" in v}
    assert told == said


def test_a_class_in_a_function_and_one_without_a_source_say_what_they_can():
    class Inner(Base):
        six: float = 6.0
        """The sixth."""

    assert field_docs(Inner)["six"] == "The sixth."
    made = type("Made", (Base,), {"__module__": __name__})
    assert field_docs(made) == field_docs(Base)
