"""Where the built probe is found, and the figures that the tests print at the end."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from budget import ANSWER_MULTIPLE, scorer_of
from costly_requests import QUERIES, asked, events, message
from fuel import MeteredScorer
from probe import NativeProbe, WasmProbe

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Fuzz"))  # for the shop with rankers
FIGURES = Counter()

from fuzzed_shop import write_files  # noqa: E402


def built(variable, default):
    path = Path(os.environ.get(variable, ROOT / default))
    if not path.is_file():
        pytest.fail(f"{path} is not there: build the probe first, or name it in {variable}", pytrace=False)
    return path


@pytest.fixture(scope="session")
def native_path():
    return built("MARTLET_PROBE_NATIVE", "dist/libprobe.so")


@pytest.fixture(scope="session")
def wasm_path():
    return built("MARTLET_PROBE_WASM", "dist/probe.wasm")


@pytest.fixture(scope="session")
def native(native_path):
    return NativeProbe(native_path)


@pytest.fixture(scope="session")
def wasm(wasm_path):
    return WasmProbe(wasm_path)


@pytest.fixture(scope="session")
def engines(native, wasm):
    return [native, wasm]


@pytest.fixture(scope="session")
def figures():
    return FIGURES


@pytest.fixture(scope="session")
def usual(tmp_path_factory) -> tuple[int, int]:
    """Fuel of a usual answer, and of opening a usual base."""
    folder = tmp_path_factory.mktemp("usual")
    martlet = ROOT / "dist" / "martlet"
    subprocess.run([martlet, "simulate", "--events", "30000", "--items", "4000", "--out", folder], check=True, capture_output=True)
    inputs = ["--events", folder / "events.csv", "--catalogue", folder / "catalogue.csv", "--out", folder / "snapshots"]
    subprocess.run([martlet, "build", *inputs], check=True, capture_output=True, timeout=300)
    (path,) = (folder / "snapshots").glob("base-*.sqlite")
    scorer = scorer_of(path.read_bytes())
    opened = scorer.used
    with open(folder / "events.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    items = list(dict.fromkeys(row["item_id"] for row in rows[1000:1040]))[:10]
    time = str(1000 * max(int(row["time"]) for row in rows))
    scorer.handle(message("POST /events", events(items), Martlet_Time=time, Martlet_Session_Id="s"))
    answer = scorer.handle(message("GET /recommendations?n=20", Martlet_Time=time, Martlet_Session_Id="s"))
    assert len(json.loads(answer.partition(b"\r\n\r\n")[2])["items"]) == 20
    return scorer.used, opened


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("shop")
    write_files(folder)
    return (folder / "base.sqlite").read_bytes()


@pytest.fixture
def within(usual, figures):
    """Asks a scorer all requests and holds each against the multiple. Facts are headers of all."""

    def check(scorer: MeteredScorer, what: str, queries: dict[str, str] = QUERIES, **facts: str) -> None:
        used = asked(scorer, queries, **facts)
        name = max(used, key=used.get)
        figures["fuel of a usual answer"] = usual[0]
        figures[f"most fuel of a {what}"] = max(figures[f"most fuel of a {what}"], used[name])
        assert used[name] <= ANSWER_MULTIPLE * usual[0], f"{name}: {used[name] / usual[0]:.1f} times a usual answer"

    return check


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("figures")
        for name, count in sorted(FIGURES.items()):
            terminalreporter.write_line(f"{count:>12,}  {name}")
