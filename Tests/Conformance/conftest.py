from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from engines import DIST, ENGINES
from exchanges import CASES
from martlet_host.manifest import Manifest
from shop import write_shop


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="write what the native scorer answers as what is expected")


def pytest_report_header(config):
    missing = [engine.name for engine in ENGINES if not engine.is_installed]
    return f"engines not installed: {', '.join(missing)}" if missing else "all engines are installed"


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Path:
    """The snapshot folder of the planted shop, built by the real thing."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder)
    inputs = ["--config", folder / "martlet.yaml", "--events", folder / "events.csv"]
    inputs += ["--catalogue", folder / "catalogue.csv", "--out", folder / "snapshots"]
    done = subprocess.run([DIST / "martlet", "build", *inputs], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder / "snapshots"


@pytest.fixture(scope="session")
def generation(shop) -> bytes:
    return Manifest.read(shop).generation.encode()


@pytest.fixture(scope="session")
def answers(shop):
    """All responses of an engine, in the order of all cases; each engine and mode runs once."""
    requests = [exchange.request for case in CASES for exchange in case.exchanges]
    known: dict[tuple[str, bool], list[bytes]] = {}

    def ask(engine, fresh: bool) -> list[bytes]:
        key = (engine.name, fresh)
        if key not in known:
            responses = engine.answer(shop, requests, fresh)
            assert len(responses) == len(requests), f"{len(responses)} responses to {len(requests)} requests"
            known[key] = responses
        return known[key]

    return ask
