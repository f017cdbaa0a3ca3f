"""Small versions of the benchmarks: their answers have to be right, their figures mean nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Benchmarks"))

from setting import Setting  # noqa: E402


@pytest.fixture
def setting(tmp_path) -> Setting:
    return Setting(root=ROOT, work=tmp_path, small=True)
