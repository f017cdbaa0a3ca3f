"""Whole answers, HTTP message in and JSON out, beside one round trip to Redis over the loopback interface in the same language, and beside
the native scorer; of the snapshot that `martlet build` makes without configuration, and of one as large as edge stores take."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from results import Result
from samples import in_turns, quantile
from setting import Setting
from shops import Shop, budget_of, published, written_requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from local_process import serving  # noqa: E402

DRIVERS = Path(__file__).resolve().parents[1] / "drivers"
BUDGETS = {8: "", 25: budget_of(25)}
"""Configurations by MiB: the product's default, `snapshot.budget` of 8 MiB, and what edge stores take at most."""
TURNS, ROUNDS = 5, 8
SHARES = {"p50": 0.5, "p99": 0.99}
REDIS_GOALS = {"p50": 1.0, "p99": 3.0}
NATIVE_GOALS = {"p50": 1.5, "p99": None}


def run(setting: Setting) -> Iterator[Result]:
    with redis_server(setting.work) as port:
        for budget in BUDGETS:
            yield from beside(setting, budget, port)


def beside(setting: Setting, budget: int, port: int) -> Iterator[Result]:
    shop = whole_shop(setting, budget)
    messages = written_requests(setting, shop, 40 if setting.small else 400)
    turns, rounds = (1, 2) if setting.small else (TURNS, ROUNDS)
    engines = in_turns(
        {
            "V8": v8(setting, shop, messages, rounds, port),
            "native": native(setting, shop, messages, rounds),
            "wasmtime-py": wasmtime(setting, shop, messages, rounds, port),
        },
        turns,
    )
    assert len({figures["digest"] for figures in engines.values()}) == 1, "the engines' answers differ"
    title = f"whole answer, {budget} MiB"

    def figure(engine: str, part: str, share: str) -> float:
        return quantile(engines[engine][part], SHARES[share]) / 1000

    for engine, peer in (("V8", "Redis GET, Node socket"), ("wasmtime-py", "Redis GET, redis-py")):
        for share, goal in REDIS_GOALS.items():
            value, peer_value = figure(engine, "whole", share), figure(engine, "redis", share)
            yield Result(f"{title}, {engine}, {share}", value, "µs", peer, peer_value, goal)
    for share, goal in NATIVE_GOALS.items():
        value, peer_value = figure("V8", "whole", share), figure("native", "whole", share)
        yield Result(f"{title}, V8, {share}", value, "µs", "native Swift", peer_value, goal)
    for engine in ("V8", "wasmtime-py"):
        value, peer_value = figure(engine, "inside", "p50"), figure("native", "inside", "p50")
        yield Result(f"inside the module, {budget} MiB, {engine}, p50", value, "µs", "native Swift", peer_value)
    yield Result(f"{title}, wasmtime-py, a call that does nothing, p50", figure("wasmtime-py", "empty_call", "p50"), "µs")
    yield Result(f"{title}, bytes", round(engines["V8"]["bytes"]), "bytes")
    yield Result(f"{title}, entries and candidates, p50", engines["V8"]["work"], "")


def whole_shop(setting: Setting, budget: int) -> Shop:
    """100,000 items, one of `BUDGETS`."""
    items, events = (2_000, 30_000) if setting.small else (100_000, 1_000_000)
    return published(setting, items, events, BUDGETS[budget])


def v8(setting: Setting, shop: Shop, messages: Path, rounds: int, port: int | None = None) -> list[object]:
    driver = ["node", DRIVERS / "answers.mjs", setting.scorer, messages, "-" if port is None else port]
    return [*driver, rounds, *shop.arguments]


def wasmtime(setting: Setting, shop: Shop, messages: Path, rounds: int, port: int) -> list[object]:
    return [sys.executable, DRIVERS / "answers_wasmtime.py", setting.scorer, messages, port, rounds, shop.snapshots]


def native(setting: Setting, shop: Shop, messages: Path, rounds: int) -> list[object]:
    return [setting.built / "answers-benchmark", messages, rounds, *shop.arguments]


@contextlib.contextmanager
def redis_server(work: Path) -> Iterator[int]:
    """The port of a Redis on the loopback interface that writes nothing to disk."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", work]
    with serving(["redis-server", *options], r"(Ready to accept connections)"):
        yield port
