"""What the Makefile says first: everything that is missing is set up."""

from __future__ import annotations

import subprocess

import pytest
from builds import ROOT


@pytest.mark.parametrize("target", ["build", "native", "probes", "wasm", "worker", "tracker", "timed", "dist/scorer.wasm"])
def test_targets_that_build_set_up_what_they_and_the_host_need(target):
    command = ["make", "--dry-run", "--no-print-directory", target]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0] == "scripts/setup build host" and len(lines) > 1
