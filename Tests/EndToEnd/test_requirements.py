"""What the machine lacks is skipped at a desk, and fails where CI promises that it is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from requirements import needs

HERE = Path(__file__).parent
NEEDS_NODE = ["test_worker_events.py", "test_worker_faults.py", "test_worker_isolate.py"]


def test_what_is_there_is_found_beside_python_too(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(needs("pytest")).parent == Path(sys.executable).parent


@pytest.mark.parametrize(("ci", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_what_is_not_there(ci, outcome, monkeypatch):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no-such-program is not installed"):
        needs("no-such-program")


@pytest.mark.parametrize(("ci", "counted"), [("1", "error"), ("", "skipped")])
def test_the_workers_tests_keep_that_rule(ci, counted):
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *NEEDS_NODE]
    done = subprocess.run(command, cwd=HERE, env=os.environ | {"PATH": "/nowhere", "CI": ci}, capture_output=True, text=True, timeout=120)
    summary = done.stdout.splitlines()[-1]
    assert counted in summary and "node is not installed" in done.stdout
    assert not {"passed", "failed", "skipped", "error"} & set(summary.replace("errors", "error").replace(",", "").split()) - {counted}
