"""What a browser may send to `market explore`: answers of any kind, and any address."""

import json
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from fuzz.odd_values import anything, texts
from hypothesis import strategies as st

from market.explore.address import answers_in
from market.explore.controls import beside_controls
from market.explore.scenario_controls import controls_of, offered, settings_of
from market.explore.settings import WhatIf
from market.foundation.errors import MarketError

Request = tuple[str, dict[str, Any], str]  # scenario, answers by control, address
_SCENARIOS = ("synthetic", "weak_tests", "distillation", "build_or_buy")


@cache
def _keys(name: str) -> list[str]:
    return [control.key for control in controls_of(offered(WhatIf(name).before()))]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Answers to some of the controls, and to some that there are not."""
    name = draw(st.sampled_from(_SCENARIOS))
    keys = st.sampled_from(_keys(name)) | texts
    answer = anything | st.lists(texts, max_size=2) | st.sampled_from(["0.5", "1e999", "seed=2"])
    answers = draw(st.dictionaries(keys, answer, max_size=4))
    sent = {key: json.dumps(value, default=str) for key, value in answers.items()}
    asked = draw(st.sampled_from([urlencode(sent), quote(draw(texts)), draw(texts), "%ff=%c0&&=="]))
    return name, answers, f"http://127.0.0.1/?{asked}"


def fault_of_request(request: Request) -> str | None:
    """What is wrong with the answer to a request; None if it is a market or a message."""
    name, answers, address = request
    question = WhatIf(name)
    groups = offered(question.before())
    controls = list(controls_of(groups))
    for sent in (answers, answers_in(address, controls)):
        try:
            settings = settings_of(groups, sent)
            question.pair(settings)
            question.command(settings)
        except MarketError as error:
            message, beside = beside_controls(str(error), controls)
            if not any((message, *beside.values())):
                return f"says nothing of {error}"
    return None
