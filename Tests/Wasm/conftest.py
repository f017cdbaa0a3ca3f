"""Where the built probe is found, and the figures that the tests print at the end."""

import os
from collections import Counter
from pathlib import Path

import pytest

from probe import NativeProbe, WasmProbe

ROOT = Path(__file__).resolve().parents[2]
FIGURES = Counter()


def built(variable, default):
    path = Path(os.environ.get(variable, ROOT / default))
    if not path.is_file():
        pytest.fail(f"{path} is not there: build the probe first, or name it in {variable}", pytrace=False)
    return path


@pytest.fixture(scope="session")
def native_path():
    return built("MARTLET_PROBE_NATIVE", "dist/libprobe.so")


@pytest.fixture(scope="session")
def wasm_path():
    return built("MARTLET_PROBE_WASM", "dist/probe.wasm")


@pytest.fixture(scope="session")
def native(native_path):
    return NativeProbe(native_path)


@pytest.fixture(scope="session")
def wasm(wasm_path):
    return WasmProbe(wasm_path)


@pytest.fixture(scope="session")
def engines(native, wasm):
    return [native, wasm]


@pytest.fixture(scope="session")
def figures():
    return FIGURES


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("figures")
        for name, count in sorted(FIGURES.items()):
            terminalreporter.write_line(f"{count:>12,}  {name}")
