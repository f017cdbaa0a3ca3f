from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from engines import ENGINES
from exchanges import CASES
from martlet_host.manifest import Manifest
from shop import build, write_shop


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="write what the native scorer answers as what is expected")


def pytest_report_header(config):
    missing = [engine.name for engine in ENGINES if not engine.is_installed]
    return f"engines not installed: {', '.join(missing)}" if missing else "all engines are installed"


def pytest_terminal_summary(terminalreporter):
    """Engine by engine, how many cases it has passed."""
    counts = Counter()
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.getreports(outcome):
            about = dict(report.user_properties)
            if report.when == "call" and "engine" in about:
                counts[about["engine"], about["fresh"], outcome == "passed"] += 1
    if not counts:
        return
    terminalreporter.write_sep("=", "conformance: cases passed")
    terminalreporter.write_line(f"{'engine':16} {'reused':>8} {'fresh':>8}")
    for engine in ENGINES:
        columns = []
        for fresh in (False, True):
            passed, others = counts[engine.name, fresh, True], counts[engine.name, fresh, False]
            columns.append(f"{passed}/{passed + others}")
        words = f"{columns[0]:>8} {columns[1]:>8}" if engine.is_installed else f"not found: {engine.program}"
        terminalreporter.write_line(f"{engine.name:16} {words}")


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Path:
    """The snapshot folder of the planted shop, built by the real thing."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder)
    return build(folder)


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
