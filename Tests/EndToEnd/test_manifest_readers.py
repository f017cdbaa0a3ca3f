"""What comes in as `manifest.json` is refused by both hosts with an error of their own, or read by both as the same."""

from __future__ import annotations

import base64
import copy
import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from builds import ROOT
from martlet_host.manifest import Manifest, ManifestError

CORPUS = sorted((ROOT / "Tests" / "Fuzz" / "corpus" / "manifest").iterdir())
MUTATIONS = 20_000
VALUES = [None, True, False, 0, -1, 1, 7, 64 << 20, 1 << 40, 0.5, "", "world", "north", "all", "é\ud800", "../up", [], {}, [[]], {"a": []}]
MEMBERS = ["parent", "region", "X", "7", "world", "__proto__", "constructor", "length"]
# What stands in a text where a value was, spelt as no encoder does.
SPELLINGS = ["1.0", "1e0", "10e-1", "-0", "01", "1e400", "9" * 400, "NaN", "-Infinity", "+1", ".5", "0x1", "'a'", "tru", '"\\u00e9"', '"\\ud800"',
             '"\\q"', '"\t"', "[,]", "[1,]", '{"a":1,}', '{"a":1,"a":[]}', "/**/1", "\ufeff1", "\u00a01", "1 1", "[[[[[[[[[[]]]]]]]]]]"]  # fmt: skip


def shop() -> dict:
    """A manifest of groups and regions that both hosts take."""

    def file(kind: str, name: str, size: int = 70, **more: str) -> dict:
        chunks = ["%064x" % number for number in range(-(-size // (1 << 20)))]
        return {"kind": kind, "name": name, "bytes": size, "sha256": "a" * 64, "chunks": chunks} | more

    files = [
        file("text", "t.sqlite"), file("base", "b.sqlite", 3 << 20), file("region", "all.sqlite", region="all"),
        file("region", "n.sqlite", region="north", parent="all"), file("region", "s.sqlite", region="south", parent="world"),
        file("region", "7.sqlite", region="7", parent="north"),
    ]  # fmt: skip
    regions = {"N": "north", "S": "south", "7": "7", "__proto__": "all", "W": "world"}
    return {"format": 1, "generation": "g1", "built": "2024-01-01T00:00:00Z", "files": files, "regions": regions}


def places(value: object, path: tuple = ()) -> Iterator[tuple]:
    """Every member and element."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def edited(document: object, draw: random.Random) -> object:
    """A value changed, dropped, or put in another's place."""
    document = copy.deepcopy(document)
    known = list(places(document))
    if not known:
        return draw.choice(VALUES)

    def holder(path: tuple) -> object:
        place = document
        for key in path[:-1]:
            place = place[key]
        return place

    # Half of the edits are to what regions are and whose parents: there is much to get wrong and still to be read.
    of_regions = [path for path in known if path[-1] in ("region", "parent") or path[0] == "regions"]
    path = draw.choice(of_regions if of_regions and draw.random() < 0.5 else known)
    other = draw.choice(of_regions if path in of_regions else known)
    kind = draw.randrange(5)
    if kind == 0:
        del holder(path)[path[-1]]
    elif kind == 1:
        holder(path)[path[-1]] = copy.deepcopy(holder(other)[other[-1]])
    elif kind == 2 and isinstance(holder(path), list):
        holder(path).append(copy.deepcopy(holder(path)[path[-1]]))
    elif kind == 3 and isinstance(holder(path), dict):
        holder(path)[draw.choice(MEMBERS)] = draw.choice(VALUES)
    else:
        holder(path)[path[-1]] = draw.choice(VALUES)
    return document


def respelt(text: bytes, draw: random.Random) -> bytes:
    """Another spelling in the place of some value."""
    ends = [at for at, byte in enumerate(text) if byte in b",]}"] or [len(text)]
    end = draw.choice(ends)
    start = max(text.rfind(mark, 0, end) for mark in (b":", b",", b"[")) + 1
    return text[:start] + draw.choice(SPELLINGS).encode() + text[end:]


def damaged(text: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    """Bytes changed, dropped, doubled, or another input's from some place on."""
    at, end = sorted(draw.randrange(len(text) + 1) for _ in range(2))
    kind = draw.randrange(4)
    if kind == 0:
        return text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[min(end, at + 8) :]
    if kind == 2:
        return text[:end] + text[at:end] + text[end:]
    other = draw.choice(others)
    return text[:at] + other[draw.randrange(len(other) + 1) :]


def inputs() -> list[bytes]:
    known = [path.read_bytes() for path in CORPUS] + [json.dumps(shop()).encode()]
    documents = [document for text in known if (document := parsed(text)) is not None] + [shop()] * 200
    draw = random.Random(20_261_122)
    made = list(known)
    for number in range(MUTATIONS):
        document = draw.choice(documents)
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            document = edited(document, draw)
        text = json.dumps(document, separators=draw.choice([(",", ":"), (" , ", " : ")])).encode()
        if number % 6 == 1:
            text = respelt(text, draw)
        elif number % 6 == 2:
            text = damaged(text, draw, known)
        elif number % 6 == 3:
            text = damaged(respelt(draw.choice(known), draw), draw, known)
        made.append(text)
    return made


def parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def read(text: bytes) -> dict | None:
    """As manifest_reader.mjs has it. Anything but `ManifestError` ends the test."""
    try:
        manifest = Manifest.parse(text)
    except ManifestError:
        return None
    return {
        "generation": manifest.generation,
        "built": manifest.built,
        "common": [file.name for file in manifest.common_files],
        "regions": [file.region for file in manifest.region_files],
        "chains": {code: [file.name for file in manifest.chain(code)] for code in manifest.regions},
    }


@pytest.fixture(scope="module")
def texts() -> list[bytes]:
    return inputs()


def test_both_hosts_read_the_same_in_any_manifest(node, texts):
    lines = b"\n".join(base64.b64encode(text) for text in texts)
    command = [node, Path(__file__).with_name("manifest_reader.mjs")]
    done = subprocess.run(command, input=lines, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(texts)
    for text, answer in zip(texts, answers):
        assert read(text) == answer, text
    accepted = [answer for answer in answers if answer]
    assert MUTATIONS // 20 < len(accepted) < MUTATIONS // 2
    assert len({json.dumps(answer) for answer in accepted}) > 100
