"""The files beside a base, people's rows, offers and long texts cost no more than `test_budget.py` says of requests and bases."""

from __future__ import annotations

import base64

import pytest
from budget import OPEN_MULTIPLE, scorer_of
from extreme_files import (
    CODE_BYTES_MAX, KEY, OFFERS, REGION_CONDITIONS, SIZE, TEXTS, code, region_file, small_region_file, text_files, with_long_names,
    with_regions, with_rules, with_users)
from extreme_shop import extreme_base

ITEMS = SIZE.items
REGIONS = 256
SERVING = "s" * CODE_BYTES_MAX
PARENT = "p" * CODE_BYTES_MAX
PLACES = ",".join(["homepage:12"] * 8)
QUERIES = {
    "homepage": "n=100",
    "product": "context=product&item_id=item-3&n=100",
    "category": "context=category&category=00001999&n=100",
    "search": "context=search&n=100&q=t",
    "every placement": "q=t01+t&placements=" + ",".join(["homepage:12", "product:12", "cart:12", "search:12"] * 2),
    "a placement many times": f"placements={PLACES}",
    "a placement many times, in a region": f"region=00000254&placements={PLACES}",
    "a placement many times, nothing sold": f"region={'0' * 7000}&placements={PLACES}",
}
OFFER_KEY = base64.urlsafe_b64encode(KEY).decode().rstrip("=")


@pytest.fixture(scope="module", params=[True, False], ids=["boosts", "lists"])
def base(request, shop) -> bytes:
    return extreme_base(shop, names=False, boosts=request.param, size=SIZE)


@pytest.fixture
def opens(usual, figures):
    """Opens a file and holds that against the multiple."""

    def check(scorer, kind: str, file: bytes) -> None:
        problem = scorer.open(kind, file)
        assert not problem, problem
        figures[f"most fuel of opening a {kind} file"] = max(figures[f"most fuel of opening a {kind} file"], scorer.used)
        assert scorer.used <= OPEN_MULTIPLE * usual[1], f"{scorer.used / usual[1]:.1f} times a usual opening"

    return check


def test_as_many_regions_as_an_instance_holds(base, within, opens):
    base = with_regions(base, SERVING)
    scorer = scorer_of(base)
    for number in range(REGIONS - 2):
        opens(scorer, "region", small_region_file(base, code(number), PARENT))
    opens(scorer, "region", region_file(base, PARENT, SERVING, ITEMS))
    opens(scorer, "region", region_file(base, SERVING, PARENT, ITEMS))
    within(scorer, "request with 256 regions", QUERIES, Martlet_Region=code(1000))


def test_regions_of_long_codes_are_unknown(base, within, opens):
    base = with_regions(base, code(7, 60_000))
    scorer = scorer_of(base)
    for number in range(REGIONS):
        opens(scorer, "region", small_region_file(base, code(number, 60_000), code(3, 60_000), page=65536))
    within(scorer, "request with regions of long codes", QUERIES, Martlet_Region=code(1000))


@pytest.mark.parametrize("length", [8, 4000])
def test_many_regions_and_long_codes(length, base, within):
    scorer = scorer_of(with_regions(base, SERVING, length))
    within(scorer, "request with many regions, or long codes", QUERIES, Martlet_Region=code(1000, length))


def test_rules_that_ask_for_regions(base, within):
    scorer = scorer_of(with_rules(base, REGION_CONDITIONS, OFFERS))
    within(scorer, "request with rules for regions", QUERIES, Martlet_Region="r" * 4000)


@pytest.mark.parametrize("texts", [200, 6000])
def test_offers_with_keys(texts, base, within):
    scorer = scorer_of(with_rules(base, REGION_CONDITIONS, OFFERS, texts))
    within(scorer, "request with offers", QUERIES, Martlet_Region="r" * 255, Martlet_Key=OFFER_KEY)


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name, base, within, opens):
    scorer = scorer_of(base)
    opens(scorer, "text", text_files(base, ITEMS if len(TEXTS[name][0]) < 1000 else 600, name))
    within(scorer, "request with texts", QUERIES)


def test_long_names(base, within):
    within(scorer_of(with_long_names(base)), "request with long names", QUERIES)


def test_people(base, within):
    user = "u" * 4000
    scorer = scorer_of(with_users(base, user, 50_000))
    facts = {"Martlet_User": user, "Martlet_Key": OFFER_KEY, "Martlet_Consent": "full"}
    within(scorer, "request with people's rows", QUERIES, **facts)


@pytest.mark.parametrize("names", [True, False], ids=["names", "lists"])
def test_all_of_it_at_once(names, shop, within, opens):
    user = "u" * 4000
    base = with_long_names(with_regions(with_rules(extreme_base(shop, names=names, size=SIZE), REGION_CONDITIONS, OFFERS), SERVING))
    base = with_users(base, user, 50_000)
    scorer = scorer_of(base)
    opens(scorer, "text", text_files(base, ITEMS, "just short enough"))
    for number in range(REGIONS - 2):
        opens(scorer, "region", small_region_file(base, code(number), PARENT))
    opens(scorer, "region", region_file(base, PARENT, SERVING, ITEMS))
    opens(scorer, "region", region_file(base, SERVING, PARENT, ITEMS))
    facts = {"Martlet_User": user, "Martlet_Key": OFFER_KEY, "Martlet_Consent": "full", "Martlet_Region": code(1000)}
    within(scorer, "request to all of it at once", **facts)
