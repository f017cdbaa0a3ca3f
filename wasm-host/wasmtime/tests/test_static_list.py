"""The list that answers while there is no snapshot."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from martlet_host.app import create_app
from martlet_host.facts import Policy
from martlet_host.publication import Publication
from martlet_host.static_list import BadList, StaticList

ITEMS = [{"item_id": f"i{number}", "score": 1} for number in range(12)]
DOCUMENT = {"items": ITEMS, "context": "homepage", "region": "world", "generation": "g0", "work": 7}


@pytest.fixture
def listed(tmp_path) -> StaticList:
    path = tmp_path / "fallback.json"
    path.write_text(json.dumps(DOCUMENT))
    return StaticList.read(path)


def ids(row: dict) -> list[str]:
    return [item["item_id"] for item in row["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", range(10)),
        (b"n=3", range(3)),
        (b"n=40", range(12)),
        (b"n=0", range(10)),
        (b"n=" + b"9" * 5000, range(10)),
        (b"n=2&exclude=i0,i2", [1, 3]),
        (b"n=2&item_id=i0", [1, 2]),
    ],
)
def test_the_best_of_the_list_that_are_not_excluded(listed, query, expected):
    answer = json.loads(listed.answer(query))
    assert ids(answer) == [f"i{number}" for number in expected]
    assert {name: answer[name] for name in answer if name != "items"} == {name: DOCUMENT[name] for name in DOCUMENT if name != "items"}


def test_of_placements_no_item_comes_twice(listed):
    answer = json.loads(listed.answer(b"placements=homepage:4,product:3,cart&n=2"))
    assert [ids(row) for row in answer["placements"]] == [["i0", "i1", "i2", "i3"], ["i4", "i5", "i6"], ["i7", "i8"]]
    assert [row["context"] for row in answer["placements"]] == ["homepage", "product", "cart"]
    assert answer["generation"] == "g0" and "items" not in answer


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"items":[]}', '{"items":[1]}', '{"items":[{}]}'])
def test_what_is_no_list_is_named(tmp_path, text):
    path = tmp_path / "fallback.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadList, match="fallback.json: "):
        StaticList.read(path)


def test_it_answers_until_there_is_a_snapshot(folder, fault_module, listed):
    async def test():
        publication = Publication(fault_module, folder.path, 1 << 20, poll_s=3600)
        app = create_app(publication, Policy(), static_list=listed)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
                answer = await client.get("/recommendations?n=2")
                assert answer.status_code == 200 and ids(answer.json()) == ["i0", "i1"]
                assert "manifest.json" in answer.headers["martlet-degraded"]
                assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
                head = await client.head("/recommendations")
                assert head.status_code == 200 and head.content == b""
                for method, path in (("POST", "/recommendations"), ("GET", "/session"), ("POST", "/events")):
                    assert (await client.request(method, path)).status_code == 503
                folder.publish()
                await publication.refresh()
                answer = await client.get("/recommendations")
                assert "martlet-degraded" not in answer.headers and "i0" not in answer.text

    asyncio.run(test())
