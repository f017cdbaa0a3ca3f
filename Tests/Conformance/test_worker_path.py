"""Through the whole worker, from a platform's request to its response, comes what the scorer answers: status and body."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from engines import DIST, native

REQUESTS = [
    ("GET", "/recommendations?context=homepage&n=3", "", "North"),
    ("GET", "/recommendations?context=product&item_id=grinder&n=100", "", "South"),
    ("GET", "/recommendations?context=category&category=Home&n=5", "", "Iceland"),
    ("GET", "/recommendations?context=cart&exclude=lamp,candle", "", "Atlantis"),
    ("GET", "/recommendations?n=0", "", "North"),
    ("GET", "/recommendations?context=caf%C3%A9", "", "North"),
    ("GET", "/healthz", "", "North"),
    ("GET", "/nothing", "", "North"),
    ("DELETE", "/recommendations", "", "North"),
    ("POST", "/events", '{"event":"view","item_id":"tea"}', "North"),
    ("POST", "/events", '{"event":"view"', "North"),
    ("POST", "/events", "", "North"),
]


def message(method: str, target: str, body: str, country: str) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Martlet-Time: 1701000000000", f"Martlet-Region: {country}"]
    lines += ["Martlet-Consent: session"]
    if body:
        lines += ["Content-Type: text/plain;charset=UTF-8", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body]).encode()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_worker_answers_as_the_scorer(shop, tmp_path):
    fallback = tmp_path / "fallback.json"
    fallback.write_text('{"items":[]}')
    script = Path(__file__).with_name("worker_path.mjs")
    asked = [dict(zip(("method", "target", "body", "country"), request, strict=True)) for request in REQUESTS]
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--no-warnings", script, DIST / "scorer.wasm", fallback, shop],
        input=json.dumps(asked).encode(), capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    answers = json.loads(done.stdout)
    expected = native(shop, [message(*request) for request in REQUESTS], fresh=True)
    for request, answer, response in zip(REQUESTS, answers, expected, strict=True):
        head, _, body = response.decode().partition("\r\n\r\n")
        assert (answer["status"], answer["body"]) == (int(head.split()[1]), body), request
        assert f"Content-Type: {answer['type']}" in head.split("\r\n")
    assert {answer["status"] for answer in answers} >= {200, 400, 404, 405}
