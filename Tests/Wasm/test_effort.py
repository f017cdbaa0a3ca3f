"""What a request can no longer afford is missing from its answer: ordinary requests afford what they need."""

from __future__ import annotations

import json

import pytest
from budget import scorer_of
from costly_requests import message
from extreme_files import SIZE, code, region_file
from extreme_shop import LARGE, extreme_base


def answer(scorer, query: str, **headers: str) -> dict:
    response = scorer.handle(message(f"GET /recommendations?{query}", **headers))
    assert response.startswith(b"HTTP/1.1 200 "), response
    return json.loads(response.partition(b"\r\n\r\n")[2])


def test_every_placement_has_its_share(shop):
    """Of 70,000 items 60 are in the range of prices, and no list names one: each placement has to walk along traffic to them."""
    scorer = scorer_of(extreme_base(shop, names=False, boosts=False, size=LARGE))
    placements = answer(scorer, f"min_price=51&max_price=51.59&placements={','.join(['homepage:5'] * 8)}")["placements"]
    shown = [[int(item["item_id"].removeprefix("item-")) for item in placement["items"]] for placement in placements]
    assert [len(items) for items in shown] == [5] * 8
    assert len({item for items in shown for item in items} & set(range(5000, 5060))) == 40


@pytest.mark.parametrize(("length", "known"), [(255, True), (256, False)])
def test_a_region_has_a_code_of_255_bytes_at_most(length, known, shop):
    base = extreme_base(shop, names=False, boosts=False, size=SIZE)
    scorer = scorer_of(base)
    name = code(7, length)
    assert not scorer.open("region", region_file(base, name, "world", SIZE.items))
    assert answer(scorer, "", Martlet_Region=name)["region"] == (name if known else None)
