"""Small versions of the benchmarks: their answers have to be right, their figures mean nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Benchmarks"), str(ROOT / "Tests/EndToEnd")]

from setting import Setting  # noqa: E402


@pytest.fixture(scope="session")
def setting(tmp_path_factory) -> Setting:
    """One for all suites, which share the shops of a run."""
    return Setting(root=ROOT, work=tmp_path_factory.mktemp("benchmarks"), small=True)
