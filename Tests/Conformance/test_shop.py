"""What the planted shop's answers must be, from how it was planted: no written expectation can bless nonsense."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from engines import reactor
from shop import CATALOGUE

NOW = "Martlet-Time: 1701000000000"
ALL_ITEMS = {row[0] for row in CATALOGUE}


@pytest.fixture(scope="session")
def ask(shop):
    def ask(method: str, path: str, body: str = "", headers: tuple[str, ...] = (), **query: object):
        target = f"{path}?{urlencode(query)}" if query else path
        lines = [f"{method} {target} HTTP/1.1", NOW, *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        response = reactor(shop, ["\r\n".join([*lines, "", body]).encode()], True)[0].decode()
        head, _, answer = response.partition("\r\n\r\n")
        return head, json.loads(answer)

    return ask


@pytest.fixture(scope="session")
def recommend(ask):
    def recommend(headers: tuple[str, ...] = (), **query: object) -> list[dict]:
        head, answer = ask("GET", "/recommendations", headers=headers, **query)
        assert head.startswith("HTTP/1.1 200 "), answer
        return answer["items"]

    return recommend


def ids(items: list[dict]) -> list[str]:
    return [item["item_id"] for item in items]


@pytest.mark.parametrize(("region", "first"), [("North", "teapot"), ("South", "beans"), ("Faroe Islands", "lamp")])
def test_a_region_sees_its_own_best_seller_first(recommend, region, first):
    assert ids(recommend(context="homepage", region=region, n=3))[0] == first


def test_a_small_region_gets_the_list_of_its_group(ask):
    answers = [ask("GET", "/recommendations", context="homepage", region=r, n=5)[1] for r in ("Iceland", "Faroe Islands")]
    assert answers[0]["region"] == "Atlantic islands"
    assert ids(answers[0]["items"])[0] == "lamp"
    assert ids(answers[0]["items"]) == ids(answers[1]["items"])


@pytest.mark.parametrize("context", ["homepage", "product", "cart", "category", "search", "after_purchase"])
@pytest.mark.parametrize("region", ["North", "Iceland", "world", "Atlantis"])
def test_postage_is_never_recommended_and_an_answer_is_never_empty(recommend, context, region):
    items = ids(recommend(context=context, region=region, n=100))
    # Postage; what is sold on the islands alone; the other size of the cup; what the recipe leaves out after a purchase.
    assert len(items) >= len(ALL_ITEMS) - 4 and set(items) <= ALL_ITEMS - {"postage"}
    assert len(set(items)) == len(items)


@pytest.mark.parametrize(("item", "partner"), [("teapot", "cup"), ("grinder", "beans"), ("lamp", "candle")])
def test_beside_a_product_stands_what_is_bought_with_it(recommend, item, partner):
    items = recommend(context="product", item_id=item, n=3)
    assert items[0]["item_id"] == partner
    assert items[0]["reason"]["because"] == item
    assert item not in ids(items)


def test_what_is_in_the_cart_decides_and_is_not_recommended(ask, recommend):
    head, _ = ask("POST", "/events", '{"event":"add_to_cart","item_id":"grinder"}')
    token = next(line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("martlet-session:"))
    items = recommend(headers=(f"Martlet-Session: {token}",), context="cart", region="North", n=3)
    assert items[0]["item_id"] == "beans" and items[0]["reason"]["because"] == "grinder"
    assert "grinder" not in ids(items)
    without_consent = (f"Martlet-Session: {token}", "Martlet-Consent: none")
    assert ids(recommend(headers=without_consent, context="cart", region="North", n=1)) == ["teapot"]


def test_what_is_excluded_does_not_come(recommend):
    assert not {"teapot", "cup"} & set(ids(recommend(context="homepage", region="North", exclude="teapot,cup", n=100)))


def test_every_item_has_a_reason_and_scores_fall(recommend):
    items = recommend(context="homepage", region="North", n=100)
    assert all(item["reason"]["source"] for item in items)
    assert [item["score"] for item in items] == sorted((item["score"] for item in items), reverse=True)
