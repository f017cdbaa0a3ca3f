"""The first request of a fresh process under wasmtime, taken apart, from a module compiled beforehand.

    python cold_wasmtime.py compile scorer.wasm COMPILED      writes the machine code
    python cold_wasmtime.py run COMPILED SNAPSHOTS            prints JSON: milliseconds of each step
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import wasmtime
from martlet_host.manifest import CHUNK_BYTES, Manifest
from martlet_host.module import Scorer, ScorerModule

REQUEST = b"GET /recommendations?context=homepage&n=10 HTTP/1.1\r\n\r\n"
LATER_REQUESTS = 500


@dataclass(frozen=True)
class Precompiled:
    """Stands for a `ScorerModule`, which compiles."""

    engine: wasmtime.Engine
    module: wasmtime.Module
    memory_bytes_max: int = 512 << 20


def compile_module(source: str, compiled: str) -> None:
    Path(compiled).write_bytes(ScorerModule(source).module.serialize())


def first_request(compiled: str, snapshots: str) -> dict[str, float]:
    # The base alone, as a worker opens it for a visitor from nowhere in particular.
    file = next(file for file in Manifest.read(Path(snapshots)).files if file.kind == "base")
    stored = (Path(snapshots) / file.name).read_bytes()
    config = wasmtime.Config()
    config.epoch_interruption = True
    engine = wasmtime.Engine(config)
    steps: dict[str, float] = {}
    last = time.perf_counter()

    def ended(step: str) -> None:
        nonlocal last
        now = time.perf_counter()
        steps[step] = (now - last) * 1000
        last = time.perf_counter()

    module = wasmtime.Module.deserialize_file(engine, compiled)
    ended("load")
    scorer = Scorer(Precompiled(engine, module))
    ended("instantiate")
    window = scorer.reserve(file.size)
    window[:] = stored
    ended("copy")
    for index, expected in enumerate(file.chunks):
        assert hashlib.sha256(window[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]).hexdigest() == expected
    ended("check")
    scorer.open(file.abi_kind, file.size)
    ended("open")
    scorer.warm_up()
    answer = scorer.handle(REQUEST)
    ended("answer")
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.count(b'"item_id"') == 10
    later = []
    for _ in range(LATER_REQUESTS):
        scorer.handle(REQUEST)
        ended("next")
        later.append(steps["next"])
    steps["next"] = sorted(later)[len(later) // 2]
    return steps


if __name__ == "__main__":
    if sys.argv[1] == "compile":
        compile_module(*sys.argv[2:])
    else:
        print(json.dumps(first_request(*sys.argv[2:])))
