"""The requests that cost most, within all limits, and the fuel that each takes."""

from __future__ import annotations

import json
import re

from extreme_shop import ID
from fuel import MeteredScorer

BODY_BYTES_MAX = 64 << 10
TIME = "1700336000000"


def message(line: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{line} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def events(items: list[str], kind: str = "view") -> bytes:
    return json.dumps([{"event": kind, "item_id": item} for item in items], separators=(",", ":")).encode()


KNOWN = [ID.format(item) for item in range(64)]
FIELDS = ["exclude_tag", "exclude_category", "exclude_brand"]


def with_padding(event: str, member: str, filling: str) -> bytes:
    """One event in a body of the largest size."""
    room = BODY_BYTES_MAX - len(event) - len(member) - 16
    return f'{{{event},"{member}":[{(filling + ",") * (room // (len(filling) + 1) - 1)}{filling}]}}'.encode()


CHEAP_ITEM = '"item_id":"item-1"'


def with_members(first: str, last: str) -> bytes:
    """One object of the largest size, nearly all of it members that say nothing."""
    count = (BODY_BYTES_MAX - len(first) - len(last) - 64) // len('"":1,')
    return f'{{{first}{"," if first else ""}{chr(34) * 2 + ":1,"}{(chr(34) * 2 + ":1,") * (count - 1)}{last}}}'.encode()


BODIES = {
    "a thousand events of known items": events(KNOWN * 15 + KNOWN[:40]),
    "a thousand events of unknown items": events([f"u{number}" for number in range(1000)]),
    "a thousand purchases in one": json.dumps({"event": "purchase", "items": [{"item_id": f"item-{at}"} for at in range(1000)]}).encode(),
    "a long list in an event": with_padding('"event":"dwell","item_id":"item-1"', "x", "1"),
    "a long list of items": with_padding('"event":"view","ecommerce":{"item_id":"item-1"}', "list", "{}"),
    "a long list of items without ids": b'{"event":"view","items":[{"item_id":"item-1"},' + b"{}," * 21000 + b"{}]}",
    "many short members": with_members('"event":"dwell"', '"properties":{},"params":{},"ecommerce":{"item_id":"item-1"}'),
    "many short members of an item": f'{{"event":"view","items":[{with_members("", CHEAP_ITEM).decode()}]}}'.encode(),
    "a long text": f'{{"event":"search","query":"{"a" * (BODY_BYTES_MAX - 40)}"}}'.encode(),
    "escapes": f'{{"event":"search","query":"{chr(92) + "u00e4"}'.encode() + rb"\u00e4" * 10000 + b'"}',
    "as deep as it goes": (b'{"event":"dwell","item_id":"item-1","properties":' + b'{"params":' * 30 + b"1" + b"}" * 31).ljust(BODY_BYTES_MAX),
    "one level too deep": b"[" * (BODY_BYTES_MAX - 1),
    "empty lines": b'{"event":"view","item_id":"item-1"}' + b"\n" * (BODY_BYTES_MAX - 40),
    "empty objects": b"[" + b'{"event":"view","item_id":"item-1"},' + b"{}," * 21000 + b"{}]",
    "members of one name": with_padding('"event":"rate","item_id":"item-1"', "properties", '{"event":1}'),
}

REFUSED = {"one level too deep", "empty objects"}
"""Bodies that end in a problem: what they cost is what was read before."""

QUERIES = {
    "homepage": "n=100",
    "product": "context=product&item_id=item-3&n=100",
    "cart": "context=cart&n=100&item_id=item-3",
    "category": "context=category&category=00001999&n=100",
    "search for many words": "context=search&n=100&q=" + "+".join(f"t{term:02}" for term in range(16)),
    "search for what begins many": "context=search&n=100&q=t",
    "every placement": "q=t01+t&placements=" + ",".join(["homepage:12", "product:12", "cart:12", "search:12"] * 2),
    "placements of one kind": "item_id=item-7&placements=" + ",".join(["product:12"] * 8),
    "placements that search": "q=" + "+".join(f"t{term:02}" for term in range(16)) + "&placements=" + ",".join(["search:12"] * 8),
    "all exclusions": "&".join(f"{FIELDS[at % 3]}={254 - at:08}" for at in range(64)) + "&n=100",
    "all boosts": "&".join(f"boost=tag:1:{254 - at:08}" for at in range(64)) + "&n=100",
    "all pins": "&".join(f"pin={1 + at}:item-{at}" for at in range(16)) + "&n=100",
    "nothing in the range of prices": "min_price=9999999&n=100",
    "few in the range of prices": "max_price=1.05&n=100&diversity=1&max_per_category=1&max_per_brand=1",
    "a region": "region=00000254&n=100",
    "an unknown region": "region=zz&n=100",
    "placements where nothing is sold": "region=zz&placements=" + ",".join(["homepage:12"] * 8),
    "items to exclude": "exclude=" + ",".join(f"q{at}" for at in range(1000)),
    "known items to exclude": "exclude=" + ",".join(f"item-{at}" for at in range(256)),
    "as many parameters as fit": "n=1&" * 2000,
    "nothing but percent signs": "q=" + "%" * 8000,
}


def asked(scorer: MeteredScorer, queries: dict[str, str] = QUERIES, **more: str) -> dict[str, int]:
    """The fuel of every request, each for a full session of known items. `more` are further headers of all. Long texts
    may make an answer too long: what that costs counts too."""
    facts = {"Martlet_Time": TIME, "Martlet_Session_Id": "s", **more}
    used: dict[str, int] = {}
    unexpected: dict[str, bytes] = {}

    def ask(name: str, request: bytes, status: int = 200) -> bytes:
        response = scorer.handle(request)
        used[name] = scorer.used
        if not response.startswith(f"HTTP/1.1 {status} ".encode()) and b"longer than 256 KB" not in response:
            unexpected[name] = response[:200]
        return response

    answer = ask("a full session", message("POST /events", events(KNOWN), Martlet_Time=TIME))
    (token,) = re.findall(rb"Martlet-Session: (\S+)", answer)
    ask("to keep", message("POST /events", events(KNOWN), **facts))
    for name, query in queries.items():
        ask(name, message(f"GET /recommendations?{query}", **facts))
    ask("the profile", message("GET /session", **facts))
    ask("the snapshot", message("GET /snapshot", **facts))
    ask("a full token", message("GET /session", Martlet_Time=TIME, Martlet_Session=token.decode()))
    ask("a long token", message("GET /session", Martlet_Time=TIME, Martlet_Session="B" * 2000))
    padding = {f"a{number}": "b" * 100 for number in range(240)}
    ask("as many headers as fit", message("GET /recommendations", **facts, **padding))
    ask("one header too many", b"GET /recommendations HTTP/1.1\r\n" + b"a:\r\n" * 257 + b"\r\n", 431)
    for number, (name, body) in enumerate(BODIES.items()):
        assert len(body) <= BODY_BYTES_MAX, name
        visit = {**facts, "Martlet_Session_Id": f"b{number}", "Martlet_Want": "events"}
        ask(name, message("POST /events", body, **visit), 400 if name in REFUSED else 200)
        ask(f"{name}, full headers", message("POST /events", body, **visit, **padding), 400 if name in REFUSED else 200)
    assert not unexpected, '\n'.join(f'{name}: {head[:14]!r}{head[-100:]!r}' for name, head in unexpected.items())
    return used
