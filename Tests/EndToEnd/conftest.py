"""The executables, the real data, and snapshots built from it, once for all tests."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from local_host import Visitor, running  # noqa: E402

MARTLET = ROOT / "dist" / "martlet"
MODULE = ROOT / "dist" / "scorer.wasm"
SHARED = Path(os.environ.get("MARTLET_SHARED", ROOT.parent / "shared"))
RETAIL_EVENTS = SHARED / "data" / "online-retail" / "online-retail-to-2011-09.csv.gz"
RETAIL_CONFIGURATION = ROOT / "examples" / "online-retail.yaml"
SAMPLE_ROWS = 40_000


def build_command(events: Path, out: Path, configuration: Path = RETAIL_CONFIGURATION) -> list[str]:
    return [str(MARTLET), "build", "--config", str(configuration), "--events", str(events), "--out", str(out)]


def build(events: Path, out: Path, configuration: Path = RETAIL_CONFIGURATION) -> subprocess.CompletedProcess:
    done = subprocess.run(build_command(events, out, configuration), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]
    return done


def manifest_of(out: Path) -> dict:
    return json.loads((out / "manifest.json").read_text())


@pytest.fixture(scope="session")
def retail_events() -> Path:
    if not RETAIL_EVENTS.is_file():
        pytest.skip(f"{RETAIL_EVENTS} is not there; MARTLET_SHARED names the folder that holds data/")
    return RETAIL_EVENTS


@pytest.fixture(scope="session")
def sample_events(retail_events, tmp_path_factory) -> Path:
    """The first months: builds that are repeated many times take a second or two each."""
    path = tmp_path_factory.mktemp("sample") / "events.csv"
    with gzip.open(retail_events, "rt") as source, open(path, "w") as sample:
        for _, line in zip(range(SAMPLE_ROWS), source):
            sample.write(line)
    return path


@pytest.fixture(scope="session")
def retail(retail_events, tmp_path_factory) -> Path:
    """Snapshots of the whole of the retail data."""
    out = tmp_path_factory.mktemp("retail") / "snapshots"
    build(retail_events, out)
    return out


@pytest.fixture(scope="session")
def retail_host(retail):
    with running(retail, MODULE) as address:
        yield address


@pytest.fixture
def visitor(retail_host) -> Visitor:
    return Visitor(retail_host)


@pytest.fixture(scope="session")
def sqlite3() -> str:
    path = shutil.which("sqlite3")
    if path is None:
        pytest.skip("sqlite3 is not installed")
    return path
