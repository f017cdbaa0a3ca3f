"""What `martlet evaluate` has counted is what the module answers: a sample of its questions, put to both as messages."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest
from engines import DIST, ROOT, native, reactor

DATA = Path(os.environ.get("MARTLET_SHARED", ROOT.parent / "shared")) / "data"
SAMPLE = 250
BLANK = b"\r\n\r\n"


def evaluate(replay: Path, preset: str, events: Path, *options: str) -> None:
    command = [DIST / "martlet", "evaluate", "--quiet", "--config", ROOT / "examples" / preset, "--events", events]
    command += [*options, "--resamples", "100", "--replay", replay, "--sample", str(SAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-4000:]


def serenade(folder: Path) -> Path:
    events = DATA / "serenade-toy" / "train.tsv.gz"
    if not events.is_file():
        pytest.skip(f"{events} is not there; MARTLET_SHARED names the folder that holds data/")
    evaluate(folder, "serenade.yaml", events, "--holdout", "1d", "--exclude-current")
    return folder


def retail(folder: Path) -> Path:
    source = DATA / "online-retail" / "online-retail-to-2011-09.csv.gz"
    if not source.is_file():
        pytest.skip(f"{source} is not there; MARTLET_SHARED names the folder that holds data/")
    events = folder / "to-2011-08.csv"
    # September is kept for judging.
    with gzip.open(source, "rt", newline="") as rows, open(events, "w", newline="") as kept:
        reader, writer = csv.reader(rows), csv.writer(kept)
        header = next(reader)
        writer.writerow(header)
        time = header.index("InvoiceDate")
        writer.writerows(row for row in reader if row[time] < "2011-09")
    evaluate(folder, "online-retail.yaml", events, "--holdout", "2011-08-01", "--protocol", "basket")
    return folder


@pytest.fixture(scope="module", params=[serenade, retail], ids=lambda make: make.__name__)
def replay(request, tmp_path_factory) -> Path:
    return request.param(tmp_path_factory.mktemp(request.param.__name__))


@pytest.fixture(scope="module")
def requests(replay) -> list[bytes]:
    return [head + BLANK for head in (replay / "requests.http").read_bytes().split(BLANK)[:-1]]


@pytest.fixture(scope="module")
def answers(replay, requests) -> list[bytes]:
    return native(replay / "snapshots", requests, fresh=False)


def test_the_sample_is_spread_over_the_visitors(requests):
    assert len(requests) == SAMPLE
    tokens = {line for request in requests for line in request.split(b"\r\n") if line.startswith(b"Martlet-Session:")}
    assert len(tokens) > SAMPLE * 0.9


def test_the_module_answers_as_the_native_scorer(replay, requests, answers):
    for request, expected, answer in zip(requests, answers, reactor(replay / "snapshots", requests, fresh=False), strict=True):
        assert answer == expected, request


def test_the_answers_are_those_that_were_counted(replay, requests, answers):
    lines = (replay / "answers.ndjson").read_text().splitlines()
    for request, line, answer in zip(requests, lines, answers, strict=True):
        body = json.loads(answer.partition(BLANK)[2])
        assert [item["item_id"] for item in body["items"]] == json.loads(line)["items"], request
        assert len(body["items"]) == 20
