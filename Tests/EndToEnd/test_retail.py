"""A year of a wholesaler's invoices, from the file to answers over HTTP."""

from __future__ import annotations

import fnmatch

import pytest
from builds import manifest_of

CONTEXTS = ["homepage", "product", "cart", "category", "search", "after_purchase"]
NO_GOODS = ["POST", "DOT", "C2", "[Mm]", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "gift_*", "DCGS*"]


def recommend(visitor, **query: object) -> dict:
    status, answer = visitor.get("/recommendations", **query)
    assert status == 200, answer
    return answer


def ids(answer: dict) -> list[str]:
    return [item["item_id"] for item in answer["items"]]


def test_germany_sees_other_goods_than_the_united_kingdom(visitor):
    germany = recommend(visitor, region="Germany", n=20)
    kingdom = recommend(visitor, region="United Kingdom", n=20)
    assert (germany["region"], kingdom["region"]) == ("Germany", "United Kingdom")
    assert ids(germany) != ids(kingdom)
    assert set(ids(germany)) - set(ids(kingdom)), "not only another order"


@pytest.mark.parametrize(("country", "group"), [("Iceland", "Nordic countries"), ("Malta", "Southern Europe")])
def test_a_country_with_a_handful_of_buyers_gets_its_parents_list(visitor, country, group):
    answers = [recommend(visitor, region=region, n=20) for region in (country, group)]
    assert [answer["region"] for answer in answers] == [group, group]
    assert ids(answers[0]) == ids(answers[1])


def test_a_country_with_a_handful_of_buyers_and_no_group_gets_the_worlds_list(visitor):
    answers = [recommend(visitor, region=region, n=20) for region in ("Singapore", "Atlantis")]
    assert answers[0]["region"] is None
    assert ids(answers[0]) == ids(answers[1])


@pytest.mark.parametrize("region", ["United Kingdom", "Germany", "France", "EIRE", "Iceland", "world"])
@pytest.mark.parametrize("context", CONTEXTS)
def test_postage_and_the_like_are_recommended_to_nobody(visitor, region, context):
    items = ids(recommend(visitor, region=region, context=context, n=100))
    assert len(items) == 100
    assert not [item for item in items for pattern in NO_GOODS if fnmatch.fnmatchcase(item, pattern)]


def test_not_even_to_those_who_bought_it(visitor):
    for item in ("POST", "M", "84879"):
        assert visitor.post("/events", {"event": "purchase", "item_id": item})[0] in (200, 202)
    items = ids(recommend(visitor, context="cart", n=100))
    assert not {"POST", "M", "84879"} & set(items)


def test_what_was_put_into_the_cart_brings_what_is_bought_with_it(visitor):
    before = ids(recommend(visitor, context="cart", n=10))
    # Two of the three colours of one teacup: the third is bought with them more than with anything else.
    for item in ("22697", "22698"):
        assert visitor.post("/events", {"event": "add_to_cart", "item_id": item})[0] in (200, 202)
    answer = recommend(visitor, context="cart", n=10)
    assert "22699" in ids(answer)[:3] and "22699" not in before
    reason = next(item["reason"] for item in answer["items"] if item["item_id"] == "22699")
    assert reason["because"] in ("22697", "22698")


def test_the_generation_that_answers_is_the_published_one(visitor, retail):
    generation = manifest_of(retail)["generation"]
    assert recommend(visitor)["generation"] == generation
    assert visitor.get("/snapshot")[1]["generation"] == generation
