"""Whole answers, HTTP message in and JSON out, beside one round trip to Redis over the loopback interface in the same language, and beside
the native scorer."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from results import Result
from setting import Setting
from shops import Shop, check_answer, opened, requests, simulated

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from local_process import serving  # noqa: E402
from martlet_host.module import Scorer, ScorerModule  # noqa: E402

DRIVERS = Path(__file__).resolve().parents[1] / "drivers"


def run(setting: Setting) -> Iterator[Result]:
    shop = whole_shop(setting)
    messages = written_requests(setting, shop, 40 if setting.small else 400)
    rounds = 2 if setting.small else 25
    with redis_server(setting.work) as port:
        node = v8(setting, shop, messages, rounds, port)
        python = wasmtime(setting, shop, messages, rounds, port)
    swift = native(setting, shop, messages, rounds)
    assert node["digest"] == python["digest"] == swift["digest"], "the engines' answers differ"

    def microseconds(figures: dict, part: str, share: str) -> float:
        return round(figures[part][share] / 1000, 2)

    for name, figures, peer in (("V8", node, "Redis GET, Node socket"), ("wasmtime-py", python, "Redis GET, redis-py")):
        for share, goal in (("p50", 1.0), ("p99", 3.0)):
            value, peer_value = (microseconds(figures, part, share) for part in ("whole", "redis"))
            yield Result(f"whole answer, {name}, {share}", value, "µs", peer, peer_value, goal)
    for share in ("p50", "p99"):
        value = microseconds(node, "whole", share)
        goal = 1.5 if share == "p50" else None
        yield Result(f"whole answer, V8, {share}", value, "µs", "native Swift", microseconds(swift, "whole", share), goal)
    for name, figures in (("V8", node), ("wasmtime-py", python)):
        value, peer_value = (microseconds(driver, "inside", "p50") for driver in (figures, swift))
        yield Result(f"inside the module, {name}, p50", value, "µs", "native Swift", peer_value)
    yield Result("a call that does nothing, wasmtime-py, p50", microseconds(python, "empty_call", "p50"), "µs")
    yield Result("bytes of an answer", round(node["bytes"]), "bytes")


def whole_shop(setting: Setting) -> Shop:
    """100,000 items, and a budget that leaves lists and factors whole: the costliest answer."""
    return simulated(setting, 2_000, 30_000, 2) if setting.small else simulated(setting, 100_000, 1_000_000, 25)


def written_requests(setting: Setting, shop: Shop, count: int) -> Path:
    """The file of messages; their answers by the module are what was asked for."""
    messages = requests(setting, shop, count)
    scorer = opened(Scorer(ScorerModule(setting.scorer)), shop)
    for message in messages:
        check_answer(scorer.handle(message))
    path = shop.folder / "requests.http"
    path.write_bytes(b"".join(messages))
    return path


def v8(setting: Setting, shop: Shop, messages: Path, rounds: int, port: int | None = None) -> dict:
    command = ["node", DRIVERS / "answers.mjs", setting.scorer, messages, "-" if port is None else port, rounds]
    return figures_of(*command, *shop.arguments)


def wasmtime(setting: Setting, shop: Shop, messages: Path, rounds: int, port: int) -> dict:
    return figures_of(sys.executable, DRIVERS / "answers_wasmtime.py", setting.scorer, messages, port, rounds, shop.snapshots)


def native(setting: Setting, shop: Shop, messages: Path, rounds: int) -> dict:
    return figures_of(setting.built / "answers-benchmark", messages, rounds, *shop.arguments)


def figures_of(*command: object) -> dict:
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


@contextlib.contextmanager
def redis_server(work: Path) -> Iterator[int]:
    """The port of a Redis on the loopback interface that writes nothing to disk."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", work]
    with serving(["redis-server", *options], r"(Ready to accept connections)"):
        yield port
