"""VSKNN in Python beside Martlet in Python, on Serenade's example sessions: requests a second, one after the other, and MRR@20.

Both answer at the same positions: the next item everywhere in the test file, the current item is no answer (`--exclude-current`). Martlet's
answers are the whole path that it serves, an HTTP message in and JSON out, from `scorer.wasm` under wasmtime's Python bindings, and must be
those that `martlet evaluate` has counted; VSKNN's are lists of names from a function call. They take turns in one process, round by
round, after a round of each that is not timed.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from martlet_host.module import Scorer, ScorerModule
from peers.vsknn import VSKNN, Question, questions_of, sessions_of
from results import Result
from samples import median, quantile
from setting import Setting
from shops import LENGTH, Shop, opened, simulated

ROUNDS = 9
SMALL_VISITS, SMALL_TEST_SHARE = 2_000, 0.02
BLANK = b"\r\n\r\n"


def run(setting: Setting) -> Iterator[Result]:
    train, test = small_clicks(setting) if setting.small else clicks(setting)
    model, questions = VSKNN(sessions_of(train)), questions_of(sessions_of(test))
    replay = Shop(setting.work / "vsknn")
    figures = evaluate(setting, train, test, replay)
    assert figures["positions"] == len(questions), "not the same positions"
    scorer = opened(Scorer(ScorerModule(setting.scorer)), replay)
    messages, counted = replayed(replay)
    seconds, answers = in_turns(
        {
            "Martlet": [lambda message=message: scorer.handle(message) for message in messages],
            "VSKNN": [lambda session=session: model.recommend(session, LENGTH) for session, _ in questions],
        },
        2 if setting.small else ROUNDS,
    )
    for answer, items in zip(answers["Martlet"], counted):
        served = [item["item_id"] for item in json.loads(answer.partition(BLANK)[2])["items"]]
        assert served == items[:LENGTH], "the answer is not what was counted"
    peer = "VSKNN in numpy"
    speeds = {name: len(questions) / median([sum(one_round) for one_round in rounds]) for name, rounds in seconds.items()}
    slowest = {name: quantile([s for one_round in rounds for s in one_round], 0.99) * 1000 for name, rounds in seconds.items()}
    yield Result("sessions: requests/s in Python", speeds["Martlet"], "1/s", peer, speeds["VSKNN"])
    yield Result("sessions: a request in Python, p99", slowest["Martlet"], "ms", peer, slowest["VSKNN"])
    yield Result("sessions: MRR@20", figures["metrics"]["mrr@20"], "MRR", peer, reciprocal_rank(questions, answers["VSKNN"]))


def in_turns(asked: dict[str, list[Callable[[], Any]]], rounds: int) -> tuple[dict[str, list[list[float]]], dict[str, list]]:
    """Seconds of each call by round, and the answers, which are the same in every round."""
    answers = {name: [call() for call in calls] for name, calls in asked.items()}
    seconds: dict[str, list[list[float]]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, calls in asked.items():
            seconds[name].append([])
            for call, expected in zip(calls, answers[name]):
                started = time.perf_counter()
                answer = call()
                seconds[name][-1].append(time.perf_counter() - started)
                assert answer == expected, f"{name}: an answer has changed"
    return seconds, answers


def reciprocal_rank(questions: list[Question], answers: list[list[str]]) -> float:
    """The mean, of what came next."""
    ranks = [answer.index(target) + 1 for (_, target), answer in zip(questions, answers) if target in answer]
    return sum(1 / rank for rank in ranks) / len(questions)


def clicks(setting: Setting) -> tuple[Path, Path]:
    shared = Path(os.environ.get("MARTLET_SHARED", setting.root.parent / "shared"))
    return shared / "data/serenade-toy/train.tsv.gz", shared / "data/serenade-toy/test.tsv.gz"


def small_clicks(setting: Setting) -> tuple[Path, Path]:
    """Of a simulated shop, so that the small version needs no data set; the last visits are the test."""
    visits = list(simulated(setting, 1_000, 20_000).visits(100))[-SMALL_VISITS:]
    at = round(len(visits) * (1 - SMALL_TEST_SHARE))
    files = setting.work / "train.tsv.gz", setting.work / "test.tsv.gz"
    for path, part in zip(files, (visits[:at], visits[at:])):
        with gzip.open(path, "wt") as out:
            out.write("SessionId\tItemId\tTime\n")
            out.writelines(f"{row['session_id']}\t{row['item_id']}\t{row['time']}.0\n" for visit in part for row in visit)
    return files


def evaluate(setting: Setting, train: Path, test: Path, replay: Shop) -> dict:
    """Martlet's figures; `replay` gets the snapshot, every question as an HTTP message, and the items that were counted."""
    replay.folder.mkdir()
    report = replay.folder / "figures.json"
    command = [setting.martlet, "evaluate", "--quiet", "--config", setting.root / "examples/serenade.yaml", "--exclude-current"]
    command += ["--train", train, "--test", test, "--resamples", "100", "--json", report]
    every = ["--replay", replay.folder, "--sample", "1000000"]
    subprocess.run([*command, *every], check=True, stdout=subprocess.DEVNULL)
    return json.loads(report.read_text())


def replayed(replay: Shop) -> tuple[list[bytes], list[list[str]]]:
    messages = [head + BLANK for head in (replay.folder / "requests.http").read_bytes().split(BLANK)[:-1]]
    counted = [json.loads(line)["items"] for line in (replay.folder / "answers.ndjson").read_text().splitlines()]
    assert len(messages) == len(counted) > 0
    return messages, counted
