"""The local host keeps what docs/openapi.yaml promises: schemathesis asks it with data made from the schema, right and wrong."""

from __future__ import annotations

import copy
import re
import time as clock
from pathlib import Path

import httpx
import pytest
import schemathesis
import yaml
from builds import MODULE
from hypothesis import HealthCheck, settings
from local_host import running
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

DOCUMENT = yaml.safe_load((Path(__file__).resolve().parents[2] / "docs/openapi.yaml").read_text())
CONTEXT = "(homepage|product|cart|category|search|after_purchase)"
NARROWER = {
    "placements": f"^{CONTEXT}(:[1-9])?(,{CONTEXT}(:[1-9])?){{0,7}}$",
    "Boosts": r"^(category|brand|tag|item):(100|(0|[1-9][0-9]?)(\.[0-9]{1,2})?):[A-Za-z][A-Za-z ]{0,20}$",
    "Places": "^(100|[1-9][0-9]?):[A-Za-z0-9]{1,20}$",
}
"""What is asked here of the forms that the schema allows: within the limits of a target and of all placements together."""


def patterns(document: dict) -> dict[str, dict]:
    """The schemas that hold a pattern, by the names above."""
    parameters = document["paths"]["/recommendations"]["get"]["parameters"]
    placements = next(parameter["schema"] for parameter in parameters if parameter["name"] == "placements")
    return {"placements": placements} | {name: document["components"]["schemas"][name]["items"] for name in ("Boosts", "Places")}


def narrowed() -> dict:
    document = copy.deepcopy(DOCUMENT)
    for name, schema in patterns(document).items():
        schema["pattern"] = NARROWER[name]
    return document


SCHEMA = schemathesis.openapi.from_dict(narrowed())


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
    if is_taken_by_rounding(case.query or {}):
        excluded.append(negative_data_rejection)
    if is_refused_beyond_the_schema(case.query or {}):
        excluded.append(positive_data_acceptance)
    case.call_and_validate(base_url=address, excluded_checks=excluded)


def is_refused_beyond_the_schema(query: dict) -> bool:
    """What no schema can say: moments, and that one price is not below the other."""
    return "time" in query or crosses_prices(query)


def is_taken_by_rounding(query: dict) -> bool:
    """Prices and the dial are taken to a hundredth: a billionth below 0 is 0."""
    bounds = {"min_price": 42949672, "max_price": 42949672, "diversity": 1}
    for name, most in bounds.items():
        try:
            value = float(query[name])
        except (KeyError, TypeError, ValueError):
            continue
        if -0.005 < value < 0 or most < value < most + (0.005 if most == 1 else 1):
            return True
    return False


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


FORMS = {
    ("placements", "placements"): (
        ["homepage", "homepage:4,product:10", "cart:4,search:3", "after_purchase:100", ",".join(["category"] * 8)],
        ["", "nowhere", "homepage:0", "homepage:101", "homepage:4;cart:2", "homepage:-1", ",".join(["cart"] * 9)],
    ),
    ("Boosts", "boost"): (
        ["brand:1.5:Acme", "category:0:Dairy > Cheese", "tag:100:90 %", "item:99.999:a:b", "brand:100.0:Zo\u00eb & S\u00f6hne"],
        ["brand:1.5", "brand:1.5:", "colour:1:red", "brand:101:Acme", "brand:-1:Acme", "brand:much:Acme", "brand:05:Acme"],
    ),
    ("Places", "pin"): (["1:85123A", "100:rye-bread", "7:a:b", "2:\u00e9 x"], ["0:a", "101:a", "1:", "a:1", "1"]),
}


@pytest.fixture(scope="module")
def small_host(small_shop) -> str:
    with running(small_shop[0], MODULE) as made:
        yield made


@pytest.mark.parametrize(("name", "parameter"), FORMS)
def test_patterns_hold_for_what_the_host_takes_and_for_nothing_else(small_host, name, parameter):
    pattern = patterns(DOCUMENT)[name]["pattern"]
    taken, refused = FORMS[name, parameter]
    for value in taken + refused:
        status = httpx.get(f"{small_host}/recommendations", params={parameter: value}).status_code
        assert (status, bool(re.search(pattern, value))) == ((200, True) if value in taken else (400, False)), value


@pytest.mark.parametrize("time", ["2024-01-01T00:00:00Z", "gestern", "", None])
def test_a_time_that_is_text_stands_for_the_requests(small_host, time):
    headers = {"Martlet-Session": post(small_host, time).headers["martlet-session"]}
    [signal] = httpx.get(f"{small_host}/session", headers=headers).json()["signals"]
    assert abs(signal["time"] - clock.time()) < 60


@pytest.mark.parametrize("time", [-1, 5e12, True, {}, []])
def test_a_time_that_is_neither_text_nor_a_moment_is_refused(small_host, time):
    refusal = post(small_host, time)
    assert refusal.status_code == 400 and refusal.json()["field"] == "time"


def post(host: str, time: object) -> httpx.Response:
    return httpx.post(f"{host}/events", json={"event": "view", "item_id": "apple", "time": time})
