"""VSKNN in Python beside Martlet in Python, on Serenade's example sessions: requests a second, one after the other, and MRR@20.

Both answer at the same positions: the next item everywhere in the test file, the current item is no answer (`--exclude-current`). Martlet's
answers are the whole path that it serves, an HTTP message in and JSON out, from `scorer.wasm` under wasmtime's Python bindings, and must be
those that `martlet evaluate` has counted; VSKNN's are lists of names from a function call.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from martlet_host.loading import open_verified
from martlet_host.manifest import Manifest
from martlet_host.module import Scorer, ScorerModule
from results import Result
from setting import Setting

PEER = Path(__file__).resolve().parents[1] / "peers/vsknn.py"
LENGTH = 20
ROUNDS = 3
SMALL_ROWS = {"train": 12_000, "test": 120}
BLANK = b"\r\n\r\n"


def run(setting: Setting) -> Iterator[Result]:
    train, test = (clicks(setting, part) for part in ("train", "test"))
    peer = json.loads(subprocess.run([sys.executable, PEER, train, test], check=True, capture_output=True).stdout)
    replay = setting.work / "vsknn"
    figures = evaluate(setting, train, test, replay)
    assert figures["positions"] == peer["requests"], "not the same positions"
    speed = requests_per_second(setting, replay)
    name = "VSKNN in numpy"
    yield Result("sessions: requests/s in Python", speed, "1/s", name, peer["requests_per_second"], more_is_better=True)
    yield Result("sessions: MRR@20", figures["metrics"]["mrr@20"], "", name, peer["mrr@20"], more_is_better=True)


def data(setting: Setting) -> Path:
    return Path(os.environ.get("MARTLET_SHARED", setting.root.parent / "shared")) / "data/serenade-toy"


def clicks(setting: Setting, part: str) -> Path:
    source = data(setting) / f"{part}.tsv.gz"
    if not setting.small:
        return source
    kept = setting.work / source.name
    with gzip.open(source, "rt") as rows, gzip.open(kept, "wt") as out:
        out.writelines(itertools.islice(rows, 1 + SMALL_ROWS[part]))
    return kept


def evaluate(setting: Setting, train: Path, test: Path, replay: Path) -> dict:
    """Martlet's figures; `replay` gets the snapshot, every question as an HTTP message, and the items that were counted."""
    replay.mkdir()
    command = [setting.martlet, "evaluate", "--quiet", "--config", setting.root / "examples/serenade.yaml", "--exclude-current"]
    command += ["--train", train, "--test", test, "--resamples", "100", "--json", replay / "figures.json"]
    every = ["--replay", replay, "--sample", "1000000"]
    subprocess.run([*command, *every], check=True, stdout=subprocess.DEVNULL)
    return json.loads((replay / "figures.json").read_text())


def requests_per_second(setting: Setting, replay: Path) -> float:
    """The best of some rounds."""
    snapshots = replay / "snapshots"
    manifest = Manifest.read(snapshots)
    scorer = Scorer(ScorerModule(setting.scorer))
    for file in [*manifest.common_files, *manifest.region_files]:
        open_verified(scorer, snapshots, file)
    scorer.warm_up()
    questions = [head + BLANK for head in (replay / "requests.http").read_bytes().split(BLANK)[:-1]]
    counted = [json.loads(line)["items"] for line in (replay / "answers.ndjson").read_text().splitlines()]
    assert len(questions) == len(counted) > 0
    best = 0.0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answers = [scorer.handle(question) for question in questions]
        best = max(best, len(questions) / (time.perf_counter() - started))
        for answer, items in zip(answers, counted):
            served = [item["item_id"] for item in json.loads(answer.partition(BLANK)[2])["items"]]
            assert served == items[:LENGTH], "the answer is not what was counted"
    return best
