"""Snapshots built from the real data, once for all tests, and a host that serves them."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from builds import MODULE, RETAIL_EVENTS, build
from local_host import Visitor, running

SAMPLE_ROWS = 40_000


@pytest.fixture(scope="session")
def retail_events() -> Path:
    if not RETAIL_EVENTS.is_file():
        pytest.skip(f"{RETAIL_EVENTS} is not there; MARTLET_SHARED names the folder that holds data/")
    return RETAIL_EVENTS


@pytest.fixture(scope="session")
def sample_events(retail_events, tmp_path_factory) -> Path:
    """The first months: enough for builds whose answers do not matter."""
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
