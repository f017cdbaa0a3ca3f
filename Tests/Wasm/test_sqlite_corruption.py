"""Truncated, mutated and crafted files: a typed error or a read that ends; never a trap, a hang or a read out of
bounds, and the same answer natively and in wasm32."""

import subprocess
import sys
from pathlib import Path

import pytest

import corruption
import crafted
import probe

KINDS = {"truncated", "notADatabase", "invalidPageSize", "walMode", "unsupportedVersion", "unsupportedEncoding",
         "malformedHeader", "pageOutOfRange", "malformedPage", "wrongTree", "malformedCell", "overflowChain", "cycle",
         "malformedRecord", "malformedSchema", "unknownKeyOrder", "notABlob", "notInPlace"}
SECONDS_MAX = 300
#: For one file; the differential tests' largest databases take more than any of these small ones can.
FUEL = 200_000_000


@pytest.fixture(scope="module")
def native_checksums(native_path):
    """Of the answer to each case. The file ends before a page without access, in a process of its own."""
    program = Path(corruption.__file__)
    done = subprocess.run([sys.executable, str(program), str(native_path)], cwd=program.parent, capture_output=True,
                          text=True, timeout=SECONDS_MAX)
    lines = done.stdout.splitlines()
    if done.returncode != 0:
        number = int(lines[-1].split()[0]) if lines else 0
        name = next(case.name for at, case in enumerate(corruption.cases()) if at == number)
        pytest.fail(f"natively, near case {number} ({name}): exit status {done.returncode}\n{done.stderr[-2000:]}")
    return [line.split()[1] for line in lines]


def test_every_case_ends_with_one_answer(native_checksums, wasm_path, figures):
    wasm = probe.WasmProbe(wasm_path, FUEL)
    count = 0
    for number, case in enumerate(corruption.cases()):
        try:
            answer = wasm.run(case.image, case.script, grow=False)
        except Exception as trap:
            pytest.fail(f"case {number} ({case.name}): {trap}")
        assert corruption.checksum(answer) == native_checksums[number], f"case {number} ({case.name}): native differs"
        for failure in failures(answer):
            assert failure.kind in KINDS
            figures[f"corrupt files: {failure.kind}"] += 1
            if failure.kind != "pageOutOfRange":
                assert failure.offset <= len(case.image), f"case {number} ({case.name}): {failure}"
        count += 1
    assert count == len(native_checksums)
    assert wasm.memory_size < 64 << 20, "memory grows with hostile files"
    figures["corrupt files read, in each engine"] += count
    figures["most fuel for a corrupt file"] = wasm.fuel_used_max


def failures(answer):
    return [found for found in probe.items(answer or b"") if isinstance(found, probe.Failure)]


@pytest.mark.parametrize("name", crafted.FILES)
def test_crafted(name, native_checksums, engines):
    item = crafted.FILES[name]()
    for engine in engines:
        found = failures(engine.run(item.image, item.script))
        assert found, f"{engine.name}: no error"
        assert found[0].kind == item.kind, engine.name
        if item.offset is not None:
            assert found[0].offset == item.offset, engine.name


def test_truncated(native_checksums, engines):
    """Every prefix says that it is one, and where it ends."""
    for case in corruption.truncations():
        for engine in engines:
            assert engine.run(case.image, case.script) == probe.encode_failure("truncated", len(case.image)), case.name
