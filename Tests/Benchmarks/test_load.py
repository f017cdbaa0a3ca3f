"""The hosts under a second or two of load: every answer right, whatever the pace."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from suites import load


def needs(program: str) -> None:
    if not shutil.which(program) and not (Path(sys.executable).parent / program).exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not installed")


def test_small_version(setting):
    for program in ("wrk", "node", "deno"):
        needs(program)
    results = list(load.run(setting))
    assert len(results) == 3 * 6
    values = {result.name: result.value for result in results}
    for host in ("Node", "Deno", "wasmtime"):
        assert values[f"load, {host}: requests"] > 0
        assert values[f"load, {host}: errors"] == 0
        assert 0 < values[f"load, {host}: p50"] <= values[f"load, {host}: p99"]
