"""How answers are checked in a market, as a scenario says it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from market.foundation.config import Money, Part
from market.frontier.verifier import BLIND, Verifier

Share = Annotated[float, Field(ge=0, le=1)]
NONE = "none"


class ModelChecks(Part):
    """How one model's answers are checked, where it is other than usual."""

    false_accept: Share | None = None
    """Chance that a wrong answer is accepted; as usual if not given."""
    false_reject: Share | None = None
    """Chance that a right answer is rejected; as usual if not given."""
    price: Money | None = None
    """US dollars per check; as usual if not given."""

    def given(self) -> dict[str, float]:
        """What is given, by name."""
        return {name: value for name, value in self if value is not None}


class DomainChecks(ModelChecks):
    """How answers in one domain are checked, and what wrong ones cost, where it is other."""

    wrong_answer_cost: Money | None = None
    """US dollars that a wrong answer which is accepted costs the buyer; as usual if not given."""


class BuyersVerifier(Part):
    """What buyers check answers with who buy attempts directly, or `none`.

    Without one they take the first answer as it comes: every answer is accepted, free of charge.
    """

    false_accept: Share = 0.0
    """Chance that a wrong answer is accepted."""
    false_reject: Share = 0.0
    """Chance that a right answer is rejected."""
    price: Money = 0.0
    """US dollars per check; no provider's price scales it."""
    models: Mapping[str, ModelChecks] = {}
    """Other values for a model, by its name; they go before those of a domain."""
    domains: Mapping[str, ModelChecks] = {}
    """Other values for a domain, by its name."""

    @model_validator(mode="before")
    @classmethod
    def _none_takes_all(cls, data: Any) -> Any:
        if data == NONE:
            return {"false_accept": BLIND.false_accept}
        if isinstance(data, str):
            raise PydanticCustomError("verifier", "must be a table, or 'none' for no check at all")
        return data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """In files, also the word `none`."""
        named = super().__get_pydantic_json_schema__(core_schema, handler)
        table = handler.resolve_ref_schema(named)
        table["anyOf"] = [{"type": table.pop("type")}, {"const": NONE}]
        return named

    def for_market(self, market: "VerifierSpec | None") -> Verifier:
        """Their verifier, in a market where wrong answers cost what its own verifier's table says.

        Parameters
        ----------
        market
            That table; None where wrong answers cost nothing.
        """
        own = {name: of.given() for name, of in self.domains.items()}
        wrong: Mapping[str, DomainChecks] = {} if market is None else market.costly_domains
        for name, of in wrong.items():
            own[name] = own.get(name, {}) | {"wrong_answer_cost": of.wrong_answer_cost or 0.0}
        return Verifier(
            false_accept=self.false_accept,
            false_reject=self.false_reject,
            price=self.price,
            wrong_answer_cost=0.0 if market is None else market.wrong_answer_cost,
            models={name: of.given() for name, of in self.models.items()},
            domains=own,
        )


class VerifierSpec(BuyersVerifier):
    """How answers are checked, or `none`: which are accepted, what a check costs, and a mistake.

    Attempts are made until one is accepted. Sellers promise right answers.
    """

    wrong_answer_cost: Money = 0.0
    """US dollars that a wrong answer which is accepted costs the buyer."""
    domains: Mapping[str, DomainChecks] = {}
    """Other values for a domain, by its name."""

    @property
    def costly_domains(self) -> dict[str, DomainChecks]:
        """Those in which a wrong answer costs something else than usual."""
        return {n: of for n, of in self.domains.items() if of.wrong_answer_cost is not None}

    def verifier(self) -> Verifier:
        """What it says."""
        return self.for_market(self)
