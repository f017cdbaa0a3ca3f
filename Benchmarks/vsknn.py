"""VSKNN in plain numpy (Ludewig and Jannach 2018), beside Martlet on Serenade's example sessions: requests a second and MRR@20.

    python vsknn.py TRAIN.tsv.gz TEST.tsv.gz      prints JSON

Neighbours: of the past sessions that hold an item of the session, the 500 newest; the 100 most similar of them. An item of the
session weighs 1 − 0.1 · its distance from the newest; a neighbour's items count with its similarity and the weight of the newest item
that the two share.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
import time
from collections import defaultdict

import numpy as np

SAMPLE, NEIGHBOURS, LENGTH = 500, 100, 20


def sessions_of(path: str) -> list[tuple[float, list[str]]]:
    """Each session's time and items, oldest session first."""
    rows = defaultdict(list)
    with gzip.open(path, "rt") as text:
        for session, item, at in list(csv.reader(text, delimiter="\t"))[1:]:
            rows[session].append((float(at), item))
    sessions = [(max(at for at, _ in row), [item for _, item in sorted(row)]) for row in rows.values()]
    return sorted(sessions)


class VSKNN:
    def __init__(self, sessions: list[tuple[float, list[str]]]):
        self.names = sorted({item for _, items in sessions for item in items})
        self.number = {name: number for number, name in enumerate(self.names)}
        self.items = [np.unique([self.number[item] for item in items]) for _, items in sessions]
        holding = defaultdict(list)
        for session, items in enumerate(self.items):
            for item in items:
                holding[item].append(session)
        self.holding = {item: np.array(found) for item, found in holding.items()}

    def recommend(self, session: list[str], limit: int) -> list[str]:
        known = [self.number[item] for item in session if item in self.number]
        if not known:
            return []
        weight: dict[int, float] = {}
        for back, item in enumerate(reversed(known)):
            weight.setdefault(item, max(0.0, 1 - 0.1 * back))
        candidates = np.unique(np.concatenate([self.holding[item] for item in weight]))[-SAMPLE:]
        similarity = np.zeros(len(candidates))
        newest = np.zeros(len(candidates))
        for item, value in weight.items():
            shares = np.isin(candidates, self.holding[item], assume_unique=True)
            similarity[shares] += value
            newest[shares] = np.maximum(newest[shares], value)
        best = np.argsort(-similarity, kind="stable")[:NEIGHBOURS]
        scores = np.zeros(len(self.names))
        for place in best:
            scores[self.items[candidates[place]]] += similarity[place] * newest[place]
        scores[known[-1]] = 0
        top = np.argsort(-scores, kind="stable")[:limit]
        return [self.names[item] for item in top if scores[item] > 0]


def main() -> None:
    train, test = (sessions_of(path) for path in sys.argv[1:3])
    model = VSKNN(train)
    questions = [(items[:place], items[place]) for _, items in test for place in range(1, len(items))]
    reciprocal = 0.0
    started = time.perf_counter()
    for session, target in questions:
        answer = model.recommend(session, LENGTH)
        if target in answer:
            reciprocal += 1 / (answer.index(target) + 1)
    seconds = time.perf_counter() - started
    document = {"requests": len(questions), "requests_per_second": len(questions) / seconds}
    print(json.dumps(document | {"mrr@20": reciprocal / len(questions)}))


if __name__ == "__main__":
    main()
