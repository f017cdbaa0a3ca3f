"""Inputs that somebody has not finished writing: what is whole of them counts, or the build ends and names the place."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from builds import MARTLET, published
from edge import build_shop

CUTS = 12


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("torn")
    build_shop(folder)
    return folder


def build(shop: Path, events: Path, out: Path, catalogue: Path | None = None) -> subprocess.CompletedProcess:
    inputs = ["--config", shop / "martlet.yaml", "--events", events, "--catalogue", catalogue or shop / "catalogue.csv"]
    command = [MARTLET, "build", *inputs, "--out", out]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)


def as_ndjson(source: Path) -> bytes:
    with open(source, newline="") as stream:
        rows = [{name: value for name, value in row.items() if value} for row in csv.DictReader(stream)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def cuts(content: bytes, count: int = CUTS) -> list[int]:
    """Places inside and around the last lines, and some further up."""
    last = content[:-1].rindex(b"\n") + 1
    near = [last, last + 1, (last + len(content)) // 2, len(content) - 2, len(content) - 1]
    step = max(1, (len(content) - 200) // (count - len(near)))
    return sorted({*near, *range(len(content) // 2, len(content) - 1, step)})


def counts(done: subprocess.CompletedProcess) -> tuple[int, int]:
    assert done.returncode == 0, done.stderr
    rows, kept = re.search(r"^events: (\d+) rows read, (\d+) kept", done.stderr, re.M).groups()
    return int(rows), int(kept)


def test_a_torn_last_line_of_objects_costs_itself(shop, tmp_path):
    content = as_ndjson(shop / "events.csv")
    for cut in cuts(content):
        events = tmp_path / f"{cut}.ndjson"
        events.write_bytes(content[:cut])
        whole, torn = content[:cut].count(b"\n"), content[:cut].rpartition(b"\n")[2]
        is_whole = torn.endswith(b"}")
        done = build(shop, events, tmp_path / "out")
        assert counts(done) == (whole + bool(torn), whole + is_whole)
        assert not torn or is_whole or f"{events}:{whole + 1}: invalid JSON" in done.stderr


def test_a_table_cut_in_the_middle_keeps_all_but_a_last_row_that_lacks_a_field(shop, tmp_path):
    """A last row that is cut within its last field is kept as it stands: a table need not end with a new line, and nothing tells the two apart."""
    content = (shop / "events.csv").read_bytes()
    commas = content[: content.index(b"\n")].count(b",")
    in_last_field = content.rindex(b",") + 1
    is_kept = []
    for cut in sorted({*cuts(content), in_last_field - 1, in_last_field, in_last_field + 1}):
        events = tmp_path / f"{cut}.csv"
        events.write_bytes(content[:cut])
        whole, torn = content[:cut].count(b"\n") - 1, content[:cut].rpartition(b"\n")[2]
        has_all_fields = torn.count(b",") == commas
        done = build(shop, events, tmp_path / "out")
        assert counts(done) == (whole + bool(torn), whole + has_all_fields), torn
        assert not torn or has_all_fields or f"{events}:{whole + 2}: too few fields" in done.stderr
        is_kept.append(bool(torn) and has_all_fields)
    assert {True, False} == set(is_kept)


@pytest.mark.parametrize("what", ["events", "catalogue"])
def test_a_packed_file_that_ends_early_is_never_taken_for_whole(what, shop, tmp_path):
    """A table's end cannot be seen, a packed file's can."""
    out = tmp_path / "out"
    shutil.copytree(shop / "snapshots", out)
    before = published(out)
    packed = gzip.compress((shop / f"{what}.csv").read_bytes())
    for cut in [2, 9, 10, 11, *range(20, len(packed) - 9, len(packed) // CUTS), len(packed) - 8, len(packed) - 1]:
        path = tmp_path / f"{cut}.csv.gz"
        path.write_bytes(packed[:cut])
        done = build(shop, path, out) if what == "events" else build(shop, shop / "events.csv", out, catalogue=path)
        assert done.returncode == 1 and f"{path}: gzip data is damaged" in done.stderr, (cut, done.stderr)
        assert published(out) == before


def test_a_batch_that_was_written_twice_around_a_torn_line_counts_once(shop, tmp_path):
    """What a host leaves that was cut off while it wrote, and has tried again."""
    lines = [json.dumps(json.loads(line) | {"event_id": f"e{n}"}) for n, line in enumerate(as_ndjson(shop / "events.csv").splitlines())]
    batch = "\n".join(lines[100:120])
    events = tmp_path / "events.ndjson"
    events.write_text("\n".join([*lines[:100], batch[: len(batch) // 2], batch, *lines[120:]]) + "\n")
    done = build(shop, events, tmp_path / "again")
    rows, kept = counts(done)
    assert kept == len(lines) and rows > len(lines)
    assert "skipped by rule duplicate: its event_id was read before" in done.stderr
    assert build(shop, shop / "events.csv", tmp_path / "once").returncode == 0
    assert set(published(tmp_path / "again")) == set(published(tmp_path / "once")), "the same bytes, so the same names"


def test_a_region_that_is_no_region_never_ends_a_build(shop, tmp_path):
    """Anybody may send an event from wherever they like."""
    events = tmp_path / "events.csv"
    more = [f"x{n},x{n},lamp,purchase,{1_700_000_000 + n},{name}\n" for n, name in enumerate(["world", "Atlantic islands"] * 40)]
    events.write_text((shop / "events.csv").read_text() + "".join(more))
    done = build(shop, events, tmp_path / "out")
    rows, kept = counts(done)
    assert rows == kept and "80 kept without their region, which is the name of a group or of the world" in done.stderr
