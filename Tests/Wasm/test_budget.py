"""No request and no base costs more than a stated multiple of what is usual, counted in wasmtime's fuel: steps of the module, the
same on every machine. docs/fuzzing.md states the multiples."""

from __future__ import annotations

import json

import pytest
from budget import CATEGORY_FUEL, OPEN_MULTIPLE, ROOT, scorer_of
from crowded_files import with_empty_leaves, with_rows, with_views
from extreme_files import region_file
from extreme_shop import LARGE, Size, extreme_base
from fuel import MeteredScorer


@pytest.mark.parametrize("size", [Size(), LARGE], ids=["usual", "large"])
@pytest.mark.parametrize(
    "options", [{}, {"boosts": False}, {"names": False}, {"names": False, "boosts": False}],
    ids=["all", "names", "boosts", "lists"])
def test_no_request_costs_more_than_the_multiple(options, size, usual, shop, within):
    scorer = scorer_of(extreme_base(shop, **options, size=size))
    assert scorer.used <= OPEN_MULTIPLE * usual[1]
    within(scorer, "request to a large hostile base" if size == LARGE else "request to a hostile base")


def test_requests_to_an_ordinary_shop(shop, within):
    within(scorer_of(shop), "hostile request to an ordinary shop")


# --- Opening


@pytest.fixture
def opened(usual, figures):
    """Opens a file, or has it refused for a reason, and holds that against the multiple."""

    def check(kind: str, file: bytes, refusal: dict | None = None, categories: int = 0, base: bytes | None = None) -> None:
        scorer = scorer_of(base) if base else MeteredScorer(ROOT / "dist" / "scorer.wasm")
        problem = json.loads(scorer.open(kind, file) or "{}")
        assert {name: problem[name] for name in ("reason", "table", "sqlite") if name in problem} == (refusal or {})
        figures["fuel of a usual opening"] = usual[1]
        figures["most fuel of opening a crowded file"] = max(
            figures["most fuel of opening a crowded file"], scorer.used - CATEGORY_FUEL * categories)
        bound = OPEN_MULTIPLE * usual[1] + CATEGORY_FUEL * categories
        assert scorer.used <= bound, f"{scorer.used / usual[1]:.1f} times a usual opening"

    return check


MOST = {"item_salt": 8192, "position_decay": 128, "event_weight": 128, "blend": 128, "recipe": 128, "ranker": 8}


MALFORMED_PAGE = {"reason": "damaged database", "sqlite": "malformedPage"}
TOO_MANY_ENTRIES = {"reason": "damaged database", "table": "meta", "sqlite": "malformedSchema"}


def too_many(table: str) -> dict:
    return {"reason": "bad value", "table": table}


def test_opening_a_file_with_as_much_as_there_may_be(shop, opened):
    opened("base", with_views(with_rows(extreme_base(shop), meta=80, **MOST), 60))


@pytest.mark.parametrize("table", MOST)
def test_opening_a_file_with_a_row_too_many(table, shop, opened):
    opened("base", with_rows(extreme_base(shop), **{table: MOST[table] + 1}), too_many(table))


@pytest.mark.parametrize("table", ["meta", *MOST, "rule_table", "item_id"])
def test_opening_a_file_with_endless_rows(table, shop, opened):
    opened("base", with_rows(extreme_base(shop), **{table: 100_000 if table != "ranker" else 300}), too_many(table))


@pytest.mark.parametrize("views", [128, 20_000])
def test_opening_a_file_with_too_many_views(views, shop, opened):
    opened("base", with_views(shop, views), TOO_MANY_ENTRIES)


def test_categories_are_paid_for_by_number(shop, opened):
    """The one table that is read row by row and grows with the shop."""
    opened("base", with_rows(extreme_base(shop), category=65_535), categories=65_535)


@pytest.mark.parametrize("table", ["sqlite_schema", "meta", "event_weight"])
def test_opening_a_file_of_empty_leaves(table, shop, opened):
    asked_for = "meta" if table == "sqlite_schema" else table
    opened("base", with_empty_leaves(shop, table, 8000), {**MALFORMED_PAGE, "table": asked_for})


def test_opening_a_region_with_endless_rows(shop, opened):
    region = region_file(shop, "a", "b", 4096)
    opened("region", with_rows(region, region_lift=100_000), too_many("region_lift"), base=shop)
