"""Whatever stands in a file or an option, the answer is a result or a message that helps.

`make fuzz` looks at many more cases, each in a process of its own.
"""

import tempfile
from pathlib import Path

import pytest
from fuzz.answers import fault_of
from fuzz.kinds import COMMANDS
from fuzz.request_cases import fault_of_request, requests
from hypothesis import HealthCheck, given, settings

few_of = {  # 300 with those of explore, chosen by how long they take
    "checked": 80,
    "ran": 14,
    "overridden": 50,
    "recorded": 35,
    "packed": 51,
    "imported": 45,
    "read again": 5,
}
slowly = {"suppress_health_check": list(HealthCheck), "database": None}


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_command_gives_a_result_or_says_where_what_is_wrong(kind):
    @settings(max_examples=few_of[kind], **slowly)
    @given(COMMANDS[kind]())
    def on(case):
        with tempfile.TemporaryDirectory() as folder:
            fault = fault_of(case, Path(folder))
        assert fault is None, f"{case}\n{case.shown()}\n{fault}"

    on()


@settings(max_examples=20, **slowly)
@given(requests())
def test_a_request_to_explore_gives_a_market_or_a_message(request):
    assert fault_of_request(request) is None
