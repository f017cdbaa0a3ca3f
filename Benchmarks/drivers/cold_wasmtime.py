"""The first request of a fresh process under wasmtime, taken apart, from a module compiled beforehand.

    python cold_wasmtime.py compile scorer.wasm COMPILED      writes the machine code
    python cold_wasmtime.py run COMPILED SNAPSHOTS MESSAGES   prints JSON: a list of one run, milliseconds of each step

MESSAGES holds request messages without bodies; the first is the first request, the others are asked by turns afterwards. `digest` is the
SHA-256 of the first answer.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import wasmtime

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from martlet_host.manifest import CHUNK_BYTES, Manifest  # noqa: E402
from martlet_host.module import Scorer, ScorerModule  # noqa: E402
from samples import median  # noqa: E402
from shops import check_answer  # noqa: E402

LATER = 500


@dataclass(frozen=True)
class Precompiled:
    """Stands for a `ScorerModule`, which compiles."""

    engine: wasmtime.Engine
    module: wasmtime.Module
    memory_bytes_max: int = 512 << 20


def compile_module(source: str, compiled: str) -> None:
    Path(compiled).write_bytes(ScorerModule(source).module.serialize())


def first_request(compiled: str, snapshots: str, messages: str) -> dict[str, float | str]:
    asked = [head + b"\r\n\r\n" for head in Path(messages).read_bytes().split(b"\r\n\r\n")[:-1]]
    # The base alone, as a worker opens it for a visitor from nowhere in particular.
    file = next(file for file in Manifest.read(Path(snapshots)).files if file.kind == "base")
    stored = (Path(snapshots) / file.name).read_bytes()
    config = wasmtime.Config()
    config.epoch_interruption = True
    engine = wasmtime.Engine(config)
    steps: dict[str, float | str] = {}
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
    answer = scorer.handle(asked[0])
    ended("answer")
    check_answer(answer)
    calls = []
    for index in range(LATER):
        message = asked[(index + 1) % len(asked)]
        last = time.perf_counter()
        scorer.handle(message)
        ended("call")
        calls.append(steps["call"])
    steps["call"] = median(calls)
    steps["digest"] = hashlib.sha256(answer).hexdigest()
    return steps


if __name__ == "__main__":
    if sys.argv[1] == "compile":
        compile_module(*sys.argv[2:])
    else:
        print(json.dumps([first_request(*sys.argv[2:])]))
