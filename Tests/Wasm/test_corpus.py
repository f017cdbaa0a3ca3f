"""Everything in the fuzzer's corpus, finds among it, is read without a trap: natively by all targets, and by those of Sources in wasm32
with the same result. `make fuzz` looks for more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fuel import instance

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Fuzz"))  # for the shop that inputs ask

from fuzzed_shop import write_files  # noqa: E402

CORPUS = ROOT / "Tests" / "Fuzz" / "corpus"
#: In the order of `FuzzTarget`.
SHARED = ["database", "snapshot", "message", "events", "json", "token"]
TARGETS = [*SHARED, "manifest", "rows", "erasure", "configuration"]
KINDS = {"base": 1, "regi": 2, "text": 4}
FUEL = 2_000_000_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write_files(folder)
    return folder


def inputs(target: str) -> list[Path]:
    return sorted((CORPUS / target).iterdir())


def replayed(target: str, shop: Path) -> dict[str, str]:
    """The checksums of all inputs, natively, in a process of its own."""
    command = [ROOT / "dist" / "fuzz", target, shop, "replay", *inputs(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={"SWIFT_BACKTRACE": "enable=no"})
    lines = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"at input {lines[-1][0] if lines else '?'}: {done.stderr[-2000:]}"
    return {name: checksum for name, checksum in lines}


class WasmTargets:
    def __init__(self, path: Path, shop: Path):
        self._store, exports = instance(path, FUEL)
        self._memory, self._allocate, self._free = exports["memory"], exports["probe_allocate"], exports["probe_free"]
        self._fuzz = exports["probe_fuzz"]
        for file in sorted(shop.glob("*.sqlite")):
            address = self._write(file.read_bytes())
            assert exports["probe_shop"](self._store, KINDS[file.name[:4]], address, file.stat().st_size) == 0
            self._free(self._store, address)

    def run(self, target: str, data: bytes) -> str:
        self._store.set_fuel(FUEL)
        address = self._write(data)
        checksum = self._fuzz(self._store, SHARED.index(target), address, len(data)) & 0xFFFFFFFFFFFFFFFF
        self._free(self._store, address)
        return f"{checksum:x}"

    def _write(self, data: bytes) -> int:
        address = self._allocate(self._store, max(len(data), 1)) & 0xFFFFFFFF
        self._memory.write(self._store, data, address)
        return address


@pytest.fixture(scope="module")
def wasm(wasm_path, shop) -> WasmTargets:
    return WasmTargets(wasm_path, shop)


@pytest.mark.parametrize("target", TARGETS)
def test_corpus(target, shop, wasm, figures):
    checksums = replayed(target, shop)
    assert set(checksums) == {path.name for path in inputs(target)}
    if target in SHARED:
        for path in inputs(target):
            assert wasm.run(target, path.read_bytes()) == checksums[path.name], path.name
    assert len(set(checksums.values())) > 1
    figures["inputs of the fuzzer's corpus"] += len(checksums)
