"""The kernels of the probe as native code.

    python kernels_native.py BASE SEED ROUNDS REPEATS libprobe.so      prints JSON as `kernels.mjs` does, of one build
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from pathlib import Path

KERNELS = [0, 1, 2, 3]
WARM_UP = 4


def main() -> None:
    base, seed, rounds, repeats, library_path = sys.argv[1:]
    library = ctypes.CDLL(library_path)
    library.probe_kernels_open.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64]
    for name in ("probe_kernel", "probe_kernel_units", "probe_kernel_differences"):
        getattr(library, name).restype = ctypes.c_uint32
    stored = Path(base).read_bytes()
    file = ctypes.create_string_buffer(stored, len(stored))
    assert library.probe_kernels_open(file, len(stored), int(seed)) == 0, f"{base} does not open"
    assert library.probe_kernel_differences() == 0, "results differ from the plain versions'"
    figures: dict = {f"0.{kernel}": [] for kernel in KERNELS}
    for repeat in range(-WARM_UP, int(repeats)):
        for kernel in KERNELS:
            started = time.perf_counter_ns()
            checksum = library.probe_kernel(kernel, int(rounds))
            nanoseconds = (time.perf_counter_ns() - started) / int(rounds)
            if repeat >= 0:
                figures[f"0.{kernel}"].append(nanoseconds)
            for name, value in ((f"checksum.{kernel}", checksum), (f"units.{kernel}", library.probe_kernel_units(kernel))):
                assert figures.setdefault(name, value) == value, f"{name} was {figures[name]} and is {value}"
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
