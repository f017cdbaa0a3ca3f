"""VSKNN in plain numpy (Ludewig and Jannach 2018), on sessions as Serenade's example has them.

Next item at every position of every test session, the current item is no answer: the protocol `next` of `martlet evaluate` with
`--exclude-current`.

Neighbours: of the past sessions that hold an item of the session, the 500 newest; the 100 most similar of them. An item of the
session weighs 1 − 0.1 · its distance from the newest; a neighbour's items count with its similarity and the weight of the newest item
that the two share.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict

import numpy as np

SAMPLE, NEIGHBOURS, LENGTH = 500, 100, 20

Question = tuple[list[str], str]
"""The items of a session so far, and the next one."""


def sessions_of(path: str) -> list[list[str]]:
    """The items of each session, oldest first, the session with the oldest last click first; of one second in the order of the file."""
    rows = defaultdict(list)
    with gzip.open(path, "rt") as text:
        for row in csv.DictReader(text, delimiter="\t"):
            rows[row["SessionId"]].append((float(row["Time"]), row["ItemId"]))
    sessions = [sorted(row, key=lambda click: click[0]) for row in rows.values()]
    sessions.sort(key=lambda clicks: clicks[-1][0])
    return [[item for _, item in clicks] for clicks in sessions]


class VSKNN:
    def __init__(self, sessions: list[list[str]]):
        self.names = sorted({item for items in sessions for item in items})
        self.number = {name: number for number, name in enumerate(self.names)}
        self.items = [np.unique([self.number[item] for item in items]) for items in sessions]
        holding = defaultdict(list)
        for session, items in enumerate(self.items):
            for item in items:
                holding[int(item)].append(session)
        self.holding = {item: np.array(found) for item, found in holding.items()}

    def recommend(self, session: list[str], limit: int) -> list[str]:
        """The best items for what may come after the session's newest, which is none of them."""
        weight: dict[int, float] = {}
        for back, name in enumerate(reversed(session)):
            if (item := self.number.get(name)) is not None:
                weight.setdefault(item, max(0.0, 1 - 0.1 * back))
        if not weight:
            return []
        candidates = np.unique(np.concatenate([self.holding[item] for item in weight]))[-SAMPLE:]
        similarity = np.zeros(len(candidates))
        newest = np.zeros(len(candidates))
        for item, value in weight.items():
            shares = np.isin(candidates, self.holding[item], assume_unique=True)
            similarity[shares] += value
            newest[shares] = np.maximum(newest[shares], value)
        scores = np.zeros(len(self.names))
        for place in np.argsort(-similarity, kind="stable")[:NEIGHBOURS]:
            scores[self.items[candidates[place]]] += similarity[place] * newest[place]
        if session[-1] in self.number:
            scores[self.number[session[-1]]] = 0
        top = np.argsort(-scores, kind="stable")[:limit]
        return [self.names[item] for item in top if scores[item] > 0]


def questions_of(sessions: list[list[str]]) -> list[Question]:
    return [(items[:place], items[place]) for items in sessions for place in range(1, len(items))]
