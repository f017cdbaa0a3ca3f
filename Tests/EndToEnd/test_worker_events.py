"""Consented events on their way home through the worker's Node entry: into a log that `martlet build` reads as it is.

The module is the one for faults, with the answer to `POST /events` that a host gets when it asks for the events.
"""

from __future__ import annotations

import json
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from builds import MARTLET, ROOT
from edge import build_shop, running_edge

pytestmark = pytest.mark.usefixtures("node")

EVENTS = [
    {"event": "view", "item_id": "teapot", "time": 1_701_000_000},
    {"event": "purchase", "item_id": "cup", "time": 1_701_000_060},
]
PLAIN = {"accepted": 2, "stored": True, "signals": 2}


@pytest.fixture(scope="module")
def answering_module(tmp_path_factory) -> Path:
    body = json.dumps(PLAIN | {"events": EVENTS, "visit": "0f3a"})
    message = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    bytes_ = "".join(f"\\{byte:02x}" for byte in message.encode())
    text = (ROOT / "wasm-host/wasmtime/tests/fault_module.wat").read_text()
    start = '  (func (export "_initialize"))'
    text = text.replace(start, f'  (data (i32.const 20000) "{bytes_}")\n{start}')
    trap = "    (if (i32.eq (local.get $letter) (i32.const 116)) (then (unreachable)))"
    answer = f"""    (if (i32.eq (local.get $letter) (i32.const 101)) (then
      (memory.copy (i32.const 8192) (i32.const 20000) (i32.const {len(message)})) (return (i32.const {len(message)}))))"""
    assert trap in text
    path = tmp_path_factory.mktemp("module") / "answering.wasm"
    path.write_bytes(wasmtime.wat2wasm(text.replace(trap, f"{answer}\n{trap}")))
    return path


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    return build_shop(tmp_path_factory.mktemp("events"))


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for path in sorted(folder.glob("*.ndjson")) for line in path.read_text().splitlines()]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_events_reach_the_log_and_the_next_build(shop, answering_module, tmp_path):
    log = tmp_path / "log"
    with running_edge(shop, "--events", log, "--events-consent", "session", "--region-header", "X-Region", module=answering_module) as edge:
        answer = edge.ask("/events", b"{}", X_Region="North")
        assert (answer.status, json.loads(answer.body)) == (200, PLAIN)
        until(lambda: log.exists() and len(lines(log)) == 2)
        for headers in ({"Sec_GPC": "1"}, {"Cookie": "martlet_consent=none"}):
            assert edge.ask("/events", b"{}", **headers).status == 200
    logged = lines(log)
    assert [{name: event[name] for name in ("event", "item_id", "time")} for event in logged] == EVENTS
    assert {(event["session_id"], event["region"]) for event in logged} == {("0f3a", "North")}
    assert len({event["event_id"] for event in logged}) == 2
    rows = len((shop.parent / "events.csv").read_text().splitlines()) - 1
    assert f"events: {rows + 2} rows read, {rows + 2} kept" in built(shop, log, tmp_path / "next")


def built(shop: Path, log: Path, out: Path) -> str:
    """What a build from the shop's own events and the log says of them."""
    command = [MARTLET, "build", "--config", shop.parent / "martlet.yaml", "--catalogue", shop.parent / "catalogue.csv"]
    for path in [shop.parent / "events.csv", *log.glob("*.ndjson")]:
        command += ["--events", path]
    done = subprocess.run([*command, "--out", out], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_batch_that_found_room_for_a_part_alone_counts_once(shop, answering_module, tmp_path):
    """As on a disk that is full for a moment. Nothing is cut off: another process may have written there since."""
    log, room = tmp_path / "log", 200
    with running_edge(shop, "--events", log, "--events-consent", "session", "--quiet", module=answering_module) as edge:
        limits = resource.prlimit(edge.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(edge.process.pid, resource.RLIMIT_FSIZE, (room, limits[1]))
        assert edge.ask("/events", b"{}").status == 200
        until(lambda: [path.stat().st_size for path in log.glob("*")] == [room])
        resource.prlimit(edge.process.pid, resource.RLIMIT_FSIZE, limits)
        until(lambda: next(log.glob("*")).stat().st_size > 2 * room)
    first, torn, *again = next(log.glob("*")).read_text().splitlines()
    assert [json.loads(line)["event"] for line in again] == ["view", "purchase"]
    assert json.loads(first) == json.loads(again[0]) and again[1].startswith(torn)
    rows = len((shop.parent / "events.csv").read_text().splitlines()) - 1
    said = built(shop, log, tmp_path / "next")
    assert f"events: {rows + 4} rows read, {rows + 2} kept" in said, said


def test_a_worker_that_is_stopped_hands_on_what_waits(shop, answering_module, tmp_path):
    log = tmp_path / "log"
    with running_edge(shop, "--events", log, "--events-consent", "session", module=answering_module) as edge:
        assert edge.ask("/events", b"{}").status == 200
        edge.process.terminate()
        assert edge.process.wait(20) == 0
    assert len(lines(log)) == 2
    assert all("region" not in line for line in lines(log)), "nobody has named one"
