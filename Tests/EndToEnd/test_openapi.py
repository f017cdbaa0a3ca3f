"""The local host keeps what docs/openapi.yaml promises: schemathesis asks it with data made from the schema, right and wrong."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

SCHEMA = schemathesis.openapi.from_path(Path(__file__).resolve().parents[2] / "docs/openapi.yaml")


@pytest.fixture(scope="module")
def address(retail_host) -> str:
    return retail_host


@SCHEMA.parametrize()
@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)
def test_the_host_answers_as_the_schema_says(case, address):
    # The module takes more forms of events than the schema tells (aliases, nested items): what breaks the schema of a
    # body need not be refused. Everything else is checked.
    excluded = [negative_data_rejection] if case.path == "/events" else []
    if is_refused_beyond_the_schema(case.query or {}):
        excluded.append(positive_data_acceptance)
    case.call_and_validate(base_url=address, excluded_checks=excluded)


def is_refused_beyond_the_schema(query: dict) -> bool:
    """What no schema can say: moments, and that one price is not below the other."""
    return "time" in query or crosses_prices(query)


def crosses_prices(query: dict) -> bool:
    try:
        return float(query["min_price"]) > float(query["max_price"])
    except (KeyError, TypeError, ValueError):
        return False


@pytest.mark.parametrize(
    ("path", "allow"), [("/recommendations", "GET, HEAD, OPTIONS"), ("/events", "POST, OPTIONS"), ("/nowhere", None)]
)
def test_options_names_the_methods_of_the_path(address, path, allow):
    response = httpx.options(address + path)
    assert response.headers.get("allow") == allow
    assert response.status_code == (204 if allow else 404)
