"""The Cloudflare-like isolate keeps its rules, and the worker on the planted shop lives by them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import wasmtime
from builds import MODULE, ROOT
from edge import WORKER, build_shop, static_list
from trapping_scorer import write_trapping_scorer


def test_the_rules_and_the_worker(node, tmp_path):
    for number in (1, 2):
        shutil.copytree(build_shop(tmp_path / f"shop-{number}", number), tmp_path / "publications" / str(number))
    fallback = tmp_path / "fallback.json"
    fallback.write_bytes(static_list(tmp_path / "publications" / "1"))
    faults = tmp_path / "fault.wasm"
    faults.write_bytes(wasmtime.wat2wasm((ROOT / "wasm-host/wasmtime/tests/fault_module.wat").read_text()))
    environment = {"MARTLET_MODULE": MODULE, "MARTLET_SNAPSHOTS": tmp_path / "publications", "MARTLET_FALLBACK": fallback}
    environment["MARTLET_FAULT_MODULE"] = faults
    environment["MARTLET_TRAPPING_SCORER"] = write_trapping_scorer(MODULE, tmp_path / "trapping.wasm")
    options = ["--experimental-vm-modules", "--expose-gc", "--no-warnings", "--test", "--test-reporter=tap"]
    done = subprocess.run(
        [node, *options, WORKER / "tests" / "isolate" / "isolate.mjs"],
        env=os.environ | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert re.search(r"^# skipped 0$", done.stdout, re.M)
    assert int(re.search(r"^# pass (\d+)$", done.stdout, re.M)[1]) >= 17
