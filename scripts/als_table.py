#!/usr/bin/env python3
"""Martlet's factors beside those of PyPI `implicit`: time to learn and quality, on the same matrices.

    scripts/setup bench
    .venv/bin/python scripts/als_table.py [--data DIR] [--only PROBLEM...] [--factors 32 64] [--rounds 5] [--json FILE]

One cell of each person's row is hidden (the last where there is an order), for up to 3,000 people to choose parameters by and as many
others to report; all items that the person's row does not show are ranked. Each library chooses from a grid of its two
parameters, at the smallest number of factors. Times are of the fit alone, the least of the rounds, in which the
two take turns: by the clock on two threads, and of the processor on one, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as `implicit` asks for: its threads are its own

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

ROOT = Path(__file__).resolve().parent.parent

ITERATIONS = 8
HIDDEN_PEOPLE = 6000
MARTLET_GRID = {"regularization": [0.01, 0.03, 0.1], "unobserved_share": [0.3, 1.0, 3.0, 10.0]}
IMPLICIT_GRID = {"regularization": [0.01, 0.1, 1.0, 10.0], "alpha": [1.0, 10.0, 100.0, 1000.0, 10000.0]}
SMALL_GRIDS = {"Martlet": {"unobserved_share": [10.0]}, "implicit": {"regularization": [10.0]}}


def serenade_toy(folder: Path):
    with gzip.open(folder / "serenade-toy/train.tsv.gz", "rt") as text:
        rows = [line.split("\t") for line in itertools.islice(text, 1, None)]
    return [(session, item) for session, item, _ in sorted(rows, key=lambda row: float(row[2]))]


def online_retail(folder: Path):
    """Customers and what they bought; without cancellations and service lines."""
    with gzip.open(folder / "online-retail/online-retail-to-2011-09.csv.gz", "rt", errors="replace") as text:
        for row in csv.DictReader(text):
            if row["CustomerID"] and row["StockCode"][:5].isdigit() and float(row["Quantity"]) > 0:
                yield row["CustomerID"], row["StockCode"]


def simulated(_: Path, people=50_000, items=20_000, tastes=200):
    """People with three of 200 tastes each; a taste is a spread of popularity over 400 items, and a tenth is noise."""
    random = np.random.default_rng(1)
    members = np.stack([random.permutation(items)[:400] for _ in range(tastes)])
    weights = 1 / np.arange(1, 401) ** 0.7
    lengths = random.geometric(1 / 20, people) + 2
    person = np.repeat(np.arange(people), lengths)
    taste = random.integers(0, tastes, (people, 3))[person, random.integers(0, 3, len(person))]
    item = members[taste, random.choice(400, len(person), p=weights / weights.sum())]
    item = np.where(random.random(len(person)) < 0.1, random.integers(0, items, len(person)), item)
    return zip(person.tolist(), item.tolist())


def small(folder: Path):
    """For tests: a second or two."""
    return simulated(folder, people=2_000, items=1_000, tastes=20)


class Problem:
    """A matrix with hidden cells, as a file for Martlet and as `scipy` rows for `implicit`."""

    def __init__(self, pairs, folder: Path):
        people: dict = {}
        items: dict = {}
        rows: list[list[int]] = []
        for person, item in pairs:
            number = people.setdefault(person, len(people))
            if number == len(rows):
                rows.append([])
            rows[number].append(items.setdefault(item, len(items)))
        candidates = [person for person, row in enumerate(rows) if len(set(row)) >= 3]
        random = np.random.default_rng(7)
        chosen = random.permutation(candidates)[:HIDDEN_PEOPLE]
        self.hidden = {int(person): rows[person][-1] for person in chosen}
        self.validation, self.report = chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]
        for person, item in self.hidden.items():
            rows[person] = [other for other in rows[person] if other != item]
        self.views = folder / "views.tsv"
        with self.views.open("w") as text:
            for person, row in enumerate(rows):
                text.writelines(f"{person}\t{item}\n" for item in row)
        indices = np.concatenate([np.array(row) for row in rows])
        person_of = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.item_count = int(indices.max()) + 1
        counts = csr_matrix((np.ones(len(indices), np.float32), (person_of, indices)), (len(rows), self.item_count))
        counts.sum_duplicates()
        counts.data = np.log2(1 + counts.data)  # the confidences of Martlet
        self.matrix = counts

    def quality(self, people, factors) -> tuple[float, float]:
        """HitRate@20 and NDCG@20 of the hidden cells; items without any cell left are answers that cannot be given."""
        of_people, of_items = factors
        ranks = []
        for chunk in np.array_split(people, max(1, len(people) // 500)):
            scores = of_people[chunk] @ of_items.T
            for row, person in enumerate(chunk):
                start, end = self.matrix.indptr[person : person + 2]
                scores[row, self.matrix.indices[start:end]] = -np.inf
                target = self.hidden[int(person)]
                known = target < self.item_count
                ranks.append(np.sum(scores[row] > scores[row, target]) if known else np.inf)
        ranks = np.array(ranks)
        return float(np.mean(ranks < 20)), float(np.mean(np.where(ranks < 20, 1 / np.log2(ranks + 2), 0)))


def run_martlet(problem: Problem, factors: int, threads: int, **parameters):
    out = problem.views.with_suffix("")
    options = [f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()]
    answer = subprocess.run(
        [ROOT / "Benchmarks/.build/release/factors-benchmark", problem.views, f"--factors={factors}",
         f"--iterations={ITERATIONS}", f"--threads={threads}", f"--out={out}", *options],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    tables = [np.fromfile(f"{out}.{name}", np.float32).reshape(-1, factors) for name in ("people", "items")]
    return tuple(map(float, answer.stdout.split())), tables


def run_implicit(problem: Problem, factors: int, threads: int, **parameters):
    model = AlternatingLeastSquares(
        factors=factors, iterations=ITERATIONS, num_threads=threads, random_state=1, **parameters
    )
    start, processor_start = time.perf_counter(), time.process_time()
    model.fit(problem.matrix, show_progress=False)
    return (time.perf_counter() - start, time.process_time() - processor_start), (model.user_factors, model.item_factors)


RUNS = {"Martlet": (run_martlet, MARTLET_GRID), "implicit": (run_implicit, IMPLICIT_GRID)}


def choose(problem: Problem, run, grid, factors: int) -> dict:
    pairs = [dict(zip(grid, values)) for values in itertools.product(*grid.values())]
    return max(pairs, key=lambda pair: problem.quality(problem.validation, run(problem, factors, 2, **pair)[1])[1])


def compare(problem: Problem, best: dict, factors: int, rounds: int) -> dict[str, dict]:
    """By library: seconds by the clock on two threads, seconds of the processor on one, HitRate@20 and NDCG@20."""
    figures: dict = {name: {"wall": np.inf, "processor": np.inf} for name in RUNS}
    for _ in range(rounds):
        for name, (run, _) in RUNS.items():
            times, tables = run(problem, factors, 2, **best[name])
            own = figures[name]
            own["wall"] = min(own["wall"], times[0])
            own["hr@20"], own["ndcg@20"] = problem.quality(problem.report, tables)
            own["processor"] = min(own["processor"], run(problem, factors, 1, **best[name])[0][1])
    return figures


def row(title: str, problem: Problem, factors: int, figures: dict[str, dict]) -> str:
    people, items = problem.matrix.shape
    cells = [f"{title}, {people:,} × {items:,}", f"{problem.matrix.nnz:,}", str(factors)]
    for seconds in ("wall", "processor"):
        ours, theirs = figures["Martlet"][seconds], figures["implicit"][seconds]
        cells += [f"{ours:.3f}", f"{theirs:.3f}", f"{ours / theirs:.2f}"]
    cells += [f"{own['hr@20']:.3f} / {own['ndcg@20']:.3f}" for own in figures.values()]
    return f"| {' | '.join(cells)} |"


PROBLEMS = {"serenade-toy": serenade_toy, "online-retail": online_retail, "simulated": simulated, "small": small}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="serenade-toy and online-retail")
    parser.add_argument("--only", nargs="+", choices=PROBLEMS, default=[name for name in PROBLEMS if name != "small"])
    parser.add_argument("--json", type=Path, help="where the figures go, besides")
    parser.add_argument("--factors", type=int, nargs="+", default=[32, 64])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    subprocess.run(["swift", "build", "-c", "release", "--product", "factors-benchmark"], cwd=ROOT / "Benchmarks", check=True,
                   stdout=sys.stderr)  # fmt: skip
    print(f"{ITERATIONS} iterations, least of {arguments.rounds} rounds; seconds by the clock on two threads, "
          "and of the processor on one\n")  # fmt: skip
    print("| matrix | cells | factors | clock s: Martlet | implicit | ratio | processor s: Martlet | implicit | ratio "
          "| HR@20 / NDCG@20: Martlet | implicit |")  # fmt: skip
    print("|---" * 11 + "|")
    figures = []
    for name in arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            problem = Problem(PROBLEMS[name](arguments.data), Path(folder))
            grids = {name: (run, SMALL_GRIDS[name]) for name, (run, _) in RUNS.items()} if name == "small" else RUNS
            best = {name: choose(problem, run, grid, min(arguments.factors)) for name, (run, grid) in grids.items()}
            print(name, best, file=sys.stderr)
            for factors in arguments.factors:
                compared = compare(problem, best, factors, arguments.rounds)
                print(row(name, problem, factors, compared), flush=True)
                figures.append({"problem": name, "factors": factors, "figures": compared})
    if arguments.json:
        arguments.json.write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
