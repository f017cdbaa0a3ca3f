"""Every engine answers every case with the same bytes, on a reused instance and on a fresh one."""

from __future__ import annotations

import os

import pytest
from engines import ENGINES
from exchanges import CASES


def responses_of(case, all_responses: list[bytes]) -> list[bytes]:
    start = 0
    for other in CASES:
        if other is case:
            break
        start += len(other.exchanges)
    return all_responses[start : start + len(case.exchanges)]


MODES = [(case, fresh) for case in CASES for fresh in (False, True) if not (fresh and case.needs_one_instance)]


@pytest.mark.parametrize(
    ("case", "fresh"), MODES, ids=lambda value: value.name if hasattr(value, "name") else ["reused", "fresh"][value]
)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_case(engine, fresh, case, answers, generation, request, record_property):
    record_property("engine", engine.name)
    record_property("fresh", fresh)
    if not engine.is_installed:
        # Whoever runs everything has installed everything.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{engine.program} is not installed")
    responses = responses_of(case, answers(engine, fresh))
    if request.config.getoption("--update") and engine.name == "native" and fresh != case.needs_one_instance:
        case.write(responses, generation)
        pytest.skip("written; read it before you commit it")
    for exchange, response in zip(case.exchanges, responses, strict=True):
        expected = exchange.expected.replace(b"{generation}", generation)
        assert response.decode() == expected.decode(), exchange.title


def test_there_are_cases():
    assert CASES and all(case.exchanges for case in CASES)
