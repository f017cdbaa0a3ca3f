"""Random and mutated tokens and event bodies for the scorer, natively and in wasm32, drawn from a seed by the probe itself.

    python Tests/Wasm/hostile.py --rounds 10000000
    python Tests/Wasm/hostile.py --rounds 1000000 --engine wasm32

Prints what share was accepted and refused. Exit status 1 where something was accepted that is not a session's one token, where an
answer was neither 200 nor a refusal, or where memory grew.
"""

from __future__ import annotations

import argparse
import ctypes
import resource
import struct
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fuel import instance

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Conformance"))  # for the shop

from shop import build, write_shop  # noqa: E402

BASE = 1
"""The ABI's kind of a base file."""

CHUNK_ROUNDS = 10_000
"""Rounds that share an instance of the generator; the scorer's instance stays the same."""

FUEL = 20_000_000_000
GROWTH_BYTES_MAX = 1 << 20


@dataclass
class Outcome:
    tokens_accepted: int = 0
    tokens_refused: int = 0
    bodies_accepted: int = 0
    bodies_refused: int = 0
    failures: int = 0
    checksum: int = 0

    def add(self, other: Outcome) -> None:
        self.tokens_accepted += other.tokens_accepted
        self.tokens_refused += other.tokens_refused
        self.bodies_accepted += other.bodies_accepted
        self.bodies_refused += other.bodies_refused
        self.failures += other.failures
        self.checksum = (self.checksum * 31 ^ other.checksum) & 0xFFFFFFFFFFFFFFFF

    def lines(self) -> list[str]:
        def line(name: str, accepted: int, refused: int) -> str:
            total = max(accepted + refused, 1)
            return f"{name}: {accepted + refused:,}, {accepted / total:.1%} accepted, {refused / total:.1%} refused"

        return [
            line("tokens", self.tokens_accepted, self.tokens_refused),
            line("event bodies", self.bodies_accepted, self.bodies_refused),
            f"failures: {self.failures}, checksum of all answers: {self.checksum:016x}",
        ]


LAYOUT = "<5IQ"
SIZE = struct.calcsize(LAYOUT)


class NativeScorer:
    name = "native"

    def __init__(self, path: Path, base: bytes):
        library = ctypes.CDLL(str(path))
        library.probe_open.argtypes = [ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32]
        self._hostile = library.probe_hostile
        self._hostile.argtypes = [ctypes.c_uint64, ctypes.c_uint32, ctypes.c_void_p]
        self._hostile.restype = None
        self._file = ctypes.create_string_buffer(base, len(base))
        self._answer = ctypes.create_string_buffer(SIZE)
        assert library.probe_open(BASE, self._file, len(base)) == 0

    def run(self, seed: int, rounds: int) -> Outcome:
        self._hostile(seed, rounds, self._answer)
        return Outcome(*struct.unpack(LAYOUT, self._answer.raw))

    @property
    def memory_bytes(self) -> int:
        """The most that the process has held."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


class WasmScorer:
    """Fuel bounds each chunk: a hang is a trap."""

    name = "wasm32"

    def __init__(self, path: Path, base: bytes):
        self._store, exports = instance(path, FUEL)
        self._memory, self._hostile = exports["memory"], exports["probe_hostile"]
        self._answer = exports["probe_allocate"](self._store, SIZE) & 0xFFFFFFFF
        file = exports["probe_allocate"](self._store, len(base)) & 0xFFFFFFFF
        self._memory.write(self._store, base, file)
        assert exports["probe_open"](self._store, BASE, file, len(base)) == 0

    def run(self, seed: int, rounds: int) -> Outcome:
        self._store.set_fuel(FUEL)
        self._hostile(self._store, seed, rounds, self._answer)
        return Outcome(*struct.unpack(LAYOUT, self._memory.read(self._store, self._answer, self._answer + SIZE)))

    @property
    def memory_bytes(self) -> int:
        return self._memory.data_len(self._store)


def feed(scorer: NativeScorer | WasmScorer, seed: int, rounds: int) -> tuple[Outcome, int]:
    """The outcome, and by how many bytes memory has grown after the first chunk."""
    total = scorer.run(seed, min(CHUNK_ROUNDS, rounds))
    before = scorer.memory_bytes
    for start in range(CHUNK_ROUNDS, rounds, CHUNK_ROUNDS):
        total.add(scorer.run(seed + start, min(CHUNK_ROUNDS, rounds - start)))
    return total, scorer.memory_bytes - before


def base_of_shop() -> bytes:
    """The base file of the conformance tests' shop."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_shop(folder)
        (path,) = build(folder).glob("base-*.sqlite")
        return path.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description="Hostile tokens and event bodies for the scorer.")
    parser.add_argument("--rounds", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=["native", "wasm32"], default="native")
    options = parser.parse_args()
    base = base_of_shop()
    if options.engine == "native":
        scorer = NativeScorer(ROOT / "dist" / "libprobe.so", base)
    else:
        scorer = WasmScorer(ROOT / "dist" / "probe.wasm", base)
    outcome, growth = feed(scorer, options.seed, options.rounds)
    print(f"{scorer.name}, {options.rounds:,} rounds from seed {options.seed}", *outcome.lines(), sep="\n")
    print(f"memory grew by {growth:,} bytes after the first {CHUNK_ROUNDS:,} rounds")
    return 1 if outcome.failures or growth > GROWTH_BYTES_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
