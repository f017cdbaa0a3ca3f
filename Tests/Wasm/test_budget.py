"""No request and no base costs more than a stated multiple of what is usual, counted in wasmtime's fuel: steps of the module, the
same on every machine. docs/fuzzing.md states the multiples."""

from __future__ import annotations

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
    """Tries to open a file and holds that against the multiple."""

    def check(kind: str, file: bytes, opens: bool = True, categories: int = 0, base: bytes | None = None) -> None:
        scorer = scorer_of(base) if base else MeteredScorer(ROOT / "dist" / "scorer.wasm")
        problem = scorer.open(kind, file)
        assert (not problem) == opens, problem
        figures["fuel of a usual opening"] = usual[1]
        figures["most fuel of opening a crowded file"] = max(
            figures["most fuel of opening a crowded file"], scorer.used - CATEGORY_FUEL * categories)
        bound = OPEN_MULTIPLE * usual[1] + CATEGORY_FUEL * categories
        assert scorer.used <= bound, f"{scorer.used / usual[1]:.1f} times a usual opening"

    return check


FULL = {"meta": 80, "item_salt": 8000, "position_decay": 120, "event_weight": 120, "blend": 120, "recipe": 120, "ranker": 8}


def test_opening_a_file_with_as_much_as_there_may_be(shop, opened):
    opened("base", with_views(with_rows(extreme_base(shop), **FULL), 80))


@pytest.mark.parametrize("table", ["meta", *FULL, "rule_table", "item_id"])
def test_opening_a_file_with_endless_rows(table, shop, opened):
    opened("base", with_rows(extreme_base(shop), **{table: 100_000 if table != "ranker" else 300}), opens=False)


def test_opening_a_file_with_endless_views(shop, opened):
    opened("base", with_views(shop, 20_000), opens=False)


def test_categories_are_paid_for_by_number(shop, opened):
    """The one table that is read row by row and grows with the shop."""
    opened("base", with_rows(extreme_base(shop), category=65_535), categories=65_535)


@pytest.mark.parametrize("table", ["sqlite_schema", "meta", "event_weight"])
def test_opening_a_file_of_empty_leaves(table, shop, opened):
    opened("base", with_empty_leaves(shop, table, 8000), opens=False)


def test_opening_a_region_with_endless_rows(shop, opened):
    region = region_file(shop, "a", "b", 4096)
    opened("region", with_rows(region, region_lift=100_000), opens=False, base=shop)
