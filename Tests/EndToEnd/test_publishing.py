"""What `martlet build` leaves behind: whole files, the same bytes for the same input, and never half a generation."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from builds import MARTLET, MODULE, build, build_command, manifest_of, published
from local_host import Visitor, running

KILLS = 12


def test_two_builds_of_the_same_input_give_the_same_bytes(sample_events, tmp_path):
    for name in ("one", "two"):
        build(sample_events, tmp_path / name)
    assert published(tmp_path / "one") == published(tmp_path / "two")
    one, two = (manifest_of(tmp_path / name) for name in ("one", "two"))
    assert one | {"built": ""} == two | {"built": ""}


def test_sqlite_opens_every_file_and_finds_it_intact(retail, sqlite3):
    files = manifest_of(retail)["files"]
    assert {file["kind"] for file in files} >= {"base", "region"}
    for file in files:
        command = [sqlite3, "-readonly", retail / file["name"], "PRAGMA integrity_check; SELECT count(*) FROM sqlite_schema"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        check, tables = done.stdout.split()
        assert check == "ok" and int(tables) > 0, file["name"]


def test_the_size_is_within_the_budget(retail):
    base = next(file for file in manifest_of(retail)["files"] if file["kind"] == "base")
    assert base["bytes"] <= 8 << 20


def test_inspect_shows_every_kind_of_file(retail):
    manifest = manifest_of(retail)
    for kind in sorted({file["kind"] for file in manifest["files"]}):
        path = retail / next(file["name"] for file in manifest["files"] if file["kind"] == kind)
        readable = subprocess.run([MARTLET, "inspect", path], capture_output=True, text=True, timeout=60)
        assert readable.returncode == 0 and manifest["generation"] in readable.stdout
        done = subprocess.run([MARTLET, "inspect", path, "--json"], capture_output=True, text=True, timeout=60)
        assert manifest["generation"] in json.dumps(json.loads(done.stdout))


def test_inspect_of_something_else_is_an_error_that_names_it(sample_events):
    done = subprocess.run([MARTLET, "inspect", sample_events], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and str(sample_events) in done.stderr


def test_a_build_that_fails_leaves_what_is_published(sample_events, tmp_path):
    out = tmp_path / "snapshots"
    build(sample_events, out)
    before = published(out), manifest_of(out)
    bad = tmp_path / "bad.csv"
    bad.write_text("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n" + "x\n" * 5000)
    done = subprocess.run(build_command(bad, out), capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and done.stderr
    assert (published(out), manifest_of(out)) == before


def test_a_killed_build_leaves_the_published_generation_whole_and_served(sample_events, retail_events, tmp_path):
    started = time.monotonic()
    build(retail_events, tmp_path / "undisturbed")
    duration_s = time.monotonic() - started
    out = tmp_path / "snapshots"
    build(sample_events, out)
    first, second = published(out), published(tmp_path / "undisturbed")
    moments = random.Random(7)
    left = []
    with running(out, MODULE) as address:
        visitor = Visitor(address)
        for attempt in range(KILLS):
            process = subprocess.Popen(build_command(retail_events, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Evenly over a whole build.
            time.sleep(duration_s * (attempt + moments.random()) / KILLS)
            process.send_signal(signal.SIGKILL)
            process.wait()
            left.append(published(out))
            status, answer = visitor.get("/recommendations", n=5)
            assert status == 200 and len(answer["items"]) == 5
        assert first in left and all(files in (first, second) for files in left)
        build(retail_events, out)
        generation = manifest_of(out)["generation"]
        deadline = time.monotonic() + 30
        while visitor.get("/snapshot")[1]["generation"] != generation:
            assert time.monotonic() < deadline, "the new generation was not taken over"
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build"], "Missing expected argument"),
        (["build", "--events", "/nonexistent.csv", "--out", "{out}"], "/nonexistent.csv"),
        (["build", "--events", "{events}", "--out", "{events}"], "cannot be made a directory"),
        (["build", "--events", "{events}", "--out", "{out}", "--config", "/nonexistent.yaml"], "/nonexistent.yaml"),
        (["inspect", "/nonexistent.sqlite"], "/nonexistent.sqlite: no such file"),
        (["answer", "--snapshots", "/nonexistent"], "read /nonexistent/manifest.json"),
    ],
)
def test_wrong_arguments_end_with_an_error_that_names_them(arguments, message, sample_events, tmp_path):
    places = {"out": tmp_path / "out", "events": sample_events}
    command = [MARTLET, *(argument.format(**places) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert message in done.stderr and "UserInfo" not in done.stderr
