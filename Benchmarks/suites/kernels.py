"""The inner loops of an answer: wasm SIMD in V8 beside portable wasm and native code, each held against its plain version first."""

from __future__ import annotations

import ctypes
import json
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from results import Result
from setting import Setting

from suites.answers import whole_shop

KERNELS = {"int8 dot of 32, a row": 0, "accumulate, an entry": 1, "top-k, a candidate": 2, "trees, a row and tree": 3}
SEED = 1
REPEATS = 99


def run(setting: Setting) -> Iterator[Result]:
    base = whole_shop(setting).base
    rounds = 2 if setting.small else 40
    script = setting.root / "Benchmarks/drivers/kernels.mjs"
    modules = [setting.root / "dist" / name for name in ("probe.wasm", "probe-portable.wasm")]
    command = ["node", script, base, str(SEED), str(rounds), *modules]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    simd, portable = json.loads(done.stdout)
    compiled = native(setting.root / "dist/libprobe.so", base, rounds)
    for name, kernel in KERNELS.items():
        builds = [simd[kernel], portable[kernel], compiled[kernel]]
        for key in ("units", "checksum"):
            assert len({build[key] for build in builds}) == 1, f"{name}: {key} differs: {builds}"
        own, other, best = (round(build["nanoseconds"] / build["units"], 3) for build in builds)
        yield Result(f"{name}, wasm SIMD", own, "ns", "portable wasm", other)
        yield Result(f"{name}, wasm SIMD", own, "ns", "native", best)


def native(library_path: Path, base: Path, rounds: int) -> list[dict]:
    """As `drivers/kernels.mjs` has them."""
    library = ctypes.CDLL(str(library_path))
    library.probe_kernels_open.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64]
    for name in ("probe_kernel", "probe_kernel_units", "probe_kernel_differences"):
        getattr(library, name).restype = ctypes.c_uint32
    stored = base.read_bytes()
    file = ctypes.create_string_buffer(stored, len(stored))
    assert library.probe_kernels_open(file, len(stored), SEED) == 0, f"{base} does not open"
    assert library.probe_kernel_differences() == 0, "results differ from the plain versions'"

    def timed(kernel: int) -> dict:
        nanoseconds = []
        for _ in range(REPEATS):
            started = time.perf_counter_ns()
            checksum = library.probe_kernel(kernel, rounds)
            nanoseconds.append((time.perf_counter_ns() - started) / rounds)
        units = library.probe_kernel_units(kernel)
        return {"nanoseconds": statistics.median(nanoseconds), "units": units, "checksum": checksum}

    return [timed(kernel) for kernel in KERNELS.values()]
