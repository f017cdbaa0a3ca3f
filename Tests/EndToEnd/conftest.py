"""Snapshots built from the real data, once for all tests, and a host that serves them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from builds import MODULE, RETAIL_EVENTS, build
from chromium import chromium, executable
from local_host import Visitor, running
from requirements import missing, needs
from small_shop import build_shop

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
    with running(retail, MODULE, "--allow-overrides") as address:
        yield address


@pytest.fixture
def visitor(retail_host) -> Visitor:
    return Visitor(retail_host)


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory) -> tuple[Path, Path]:
    """Snapshots of the small shop, and its storefront's goods."""
    return build_shop(tmp_path_factory.mktemp("small-shop"))


@pytest.fixture(scope="session")
def chromium_browser():
    if executable() is None:
        missing("Chromium")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def sqlite3() -> str:
    return needs("sqlite3")


@pytest.fixture(scope="session")
def node() -> str:
    return needs("node")
