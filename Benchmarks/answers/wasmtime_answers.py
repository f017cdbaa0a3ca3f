"""A whole answer under wasmtime's Python bindings beside redis-py's GET of a ready list of the same size; they take turns.

    python wasmtime_answers.py scorer.wasm messages.bin REDIS-PORT ROUNDS SNAPSHOTS     prints JSON: nanoseconds, p50 and p99
"""

from __future__ import annotations

import json
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from martlet_host.loading import open_verified
from martlet_host.manifest import Manifest
from martlet_host.module import Scorer, ScorerModule


def messages_of(stream: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(stream):
        (length,) = struct.unpack_from("<I", stream, at)
        yield stream[at + 4 : at + 4 + length]
        at += 4 + length


def summary(values: list[int]) -> dict:
    values.sort()
    return {"p50": values[len(values) // 2], "p99": values[len(values) * 99 // 100], "count": len(values)}


def main() -> None:
    module, messages_path, port, rounds, snapshots = sys.argv[1:]
    manifest = Manifest.read(Path(snapshots))
    scorer = Scorer(ScorerModule(module))
    for file in [*manifest.common_files, *manifest.region_files]:
        open_verified(scorer, Path(snapshots), file)
    scorer.warm_up()
    messages = list(messages_of(Path(messages_path).read_bytes()))
    expected = [scorer.handle(message) for message in messages]
    bodies = [response.partition(b"\r\n\r\n")[2] for response in expected]
    assert all(len(json.loads(body)["items"]) == 20 for body in bodies)
    cache = redis.Redis(port=int(port))
    for index, body in enumerate(bodies):
        cache.set(f"list:{index}", body)
    times: dict[str, list[int]] = {"module": [], "redis": []}
    for round_number in range(-2, int(rounds)):
        for index, message in enumerate(messages):
            started = time.perf_counter_ns()
            response = scorer.handle(message)
            ended = time.perf_counter_ns()
            if round_number >= 0:
                times["module"].append(ended - started)
            assert response == expected[index]
        for index, body in enumerate(bodies):
            started = time.perf_counter_ns()
            reply = cache.get(f"list:{index}")
            ended = time.perf_counter_ns()
            if round_number >= 0:
                times["redis"].append(ended - started)
            assert reply == body
    print(json.dumps({name: summary(values) for name, values in times.items()}))


if __name__ == "__main__":
    main()
