"""The inner loops of an answer: wasm SIMD in V8 beside portable wasm and native code, each held against its plain version first."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from results import Result
from samples import in_turns, median
from setting import Setting

from suites.answers import DRIVERS, whole_shop

KERNELS = {"int8 dot of 32, a row": 0, "accumulate, an entry": 1, "top-k, a candidate": 2, "trees, a row and tree": 3}
SEED = 1
TURNS, ROUNDS, REPEATS = 9, 40, 11
"""Repeats are short and many, so that whatever else the machine does falls on few."""


def run(setting: Setting) -> Iterator[Result]:
    # With room for factors.
    base = whole_shop(setting, 25).base
    turns, rounds, repeats = (1, 2, 3) if setting.small else (TURNS, ROUNDS, REPEATS)
    built = setting.root / "dist"
    modules = [built / "probe.wasm", built / "probe-portable.wasm"]
    engines = in_turns(
        {
            "V8": ["node", DRIVERS / "kernels.mjs", base, SEED, rounds, repeats, *modules],
            "native": [sys.executable, DRIVERS / "kernels_native.py", base, SEED, rounds, repeats, built / "libprobe.so"],
        },
        turns,
    )
    for name, kernel in KERNELS.items():
        for same in (f"units.{kernel}", f"checksum.{kernel}"):
            assert engines["V8"][same] == engines["native"][same], f"{name}: {same} differs"
        units = engines["V8"][f"units.{kernel}"]
        simd, portable = (median(engines["V8"][f"{build}.{kernel}"]) / units for build in (0, 1))
        native = median(engines["native"][f"0.{kernel}"]) / units
        yield Result(f"{name}, wasm SIMD", simd, "ns", "portable wasm", portable)
        yield Result(f"{name}, wasm SIMD", simd, "ns", "native", native)
