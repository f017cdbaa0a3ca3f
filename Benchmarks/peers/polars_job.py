"""A shop's nightly job in polars, implicit and numpy: what a data engineer would write in a day, every step vectorised.

    python polars_job.py EVENTS.csv CATALOGUE.csv OUT.sqlite [--past-stretches 4]      prints JSON: seconds by step, rows by table

Events are read and sessionised; then what is popular in the world, in each region and category, what comes next after an item, what shares
its sessions (cosine), what is bought with it, what the catalogue has alike (TF-IDF cosine), and factors by alternating least squares; lists
and factors, as int8, go into SQLite. `--past-stretches` learns the lists and factors again from what was before each of so many past
stretches of time, as whoever learns a ranker on top of them has to; here no ranker is learned.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `implicit` asks for: its threads are its own

import numpy as np
import polars as pl
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender, TFIDFRecommender
from scipy.sparse import csr_matrix

WEIGHTS = {"view": 1.0, "add_to_cart": 3.0, "purchase": 5.0}
DAY_S = 86_400
HALF_LIFE_S = 7 * DAY_S
TOP, LENGTH, CONTENT_LENGTH = 100, 50, 20
STEPS, BACKWARD, SHRINK = 10, 0.5, 2.0
FACTORS, ITERATIONS = 32, 8
STRETCH_SHARE = 0.02


class Steps:
    """Seconds of the clock, by step; what is done more than once adds up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def done(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0) + now - self._last
        self._last = now


def read(events: Path, catalogue: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events in the order of their sessions, with items, people and sessions as numbers; and the catalogue by item number."""
    goods = pl.read_csv(catalogue).with_row_index("item")
    log = pl.read_csv(events).with_columns(
        pl.col("event").replace_strict(WEIGHTS, return_dtype=pl.Float32).alias("weight"),
        pl.col("session_id").rank("dense").alias("session"),
        pl.col("user_id").rank("dense").alias("user") - 1,
    )
    log = log.join(goods.select("item_id", "item", "category"), on="item_id", how="inner", maintain_order="left")
    return log.drop("session_id", "user_id", "item_id").sort("session", "time", maintain_order=True), goods


def sequences(log: pl.DataFrame) -> pl.DataFrame:
    """The log without immediate repeats of an item, each with the weight of the strongest."""
    changed = (pl.col("item") != pl.col("item").shift(1)) | (pl.col("session") != pl.col("session").shift(1))
    return (
        log.with_columns(changed.fill_null(True).cum_sum().alias("run"))
        .group_by("run", maintain_order=True)
        .agg(pl.col("session", "item").first(), pl.col("weight").max(), pl.col("time").last())
    )


def best(pairs: pl.DataFrame, by: str, score: str, length: int) -> pl.DataFrame:
    return pairs.sort(by, score, descending=[False, True]).group_by(by, maintain_order=True).head(length)


def popularity(log: pl.DataFrame, newest: int) -> dict[str, pl.DataFrame]:
    """Of the world, of regions and of categories: the best by demand that fades."""
    faded = log.with_columns((pl.col("weight") * 0.5 ** ((newest - pl.col("time")) / HALF_LIFE_S)).alias("demand"))
    lists = {}
    for scope, by in [("world", []), ("region", ["region"]), ("category", ["category"]),
                      ("region_category", ["region", "category"])]:  # fmt: skip
        sums = faded.group_by([*by, "item"]).agg(pl.col("demand").sum())
        if by:
            sums = sums.sort([*by, "demand"], descending=[False] * len(by) + [True])
            lists[scope] = sums.group_by(by, maintain_order=True).head(TOP)
        else:
            lists[scope] = sums.sort("demand", descending=True).head(TOP)
    return lists


def next_items(visits: pl.DataFrame, recency: pl.Expr) -> pl.DataFrame:
    """Sequential rules (Ludewig and Jannach 2018): both directions, up to ten steps apart, divided by sightings."""
    visits = visits.with_columns(recency.alias("recency"))
    sums = []
    for distance in range(1, STEPS + 1):
        pairs = visits.select(
            pl.col("item").alias("a"), pl.col("item").shift(-distance).alias("b"),
            (pl.col("weight").shift(-distance) * pl.col("recency") / distance).alias("forward"),
            (pl.col("weight") * pl.col("recency") * BACKWARD / distance).alias("backward"),
            (pl.col("session") == pl.col("session").shift(-distance)).alias("together"),
        ).filter(pl.col("together") & (pl.col("a") != pl.col("b")))  # fmt: skip
        sums.append(pairs.select("a", "b", pl.col("forward").alias("rule")))
        sums.append(pairs.select(pl.col("b").alias("a"), pl.col("a").alias("b"), pl.col("backward").alias("rule")))
    rules = pl.concat(sums).group_by("a", "b").agg(pl.col("rule").sum())
    seen = visits.group_by(pl.col("item").alias("a")).agg(pl.col("recency").sum().alias("seen"))
    rules = rules.join(seen, on="a").with_columns(pl.col("rule") / (pl.col("seen") + SHRINK))
    return best(rules, "a", "rule", LENGTH).select("a", "b", pl.col("rule").alias("score"))


def matrix(log: pl.DataFrame, row: str, items: int) -> csr_matrix:
    cells = log.group_by(row, "item").agg(pl.col("weight").sum())
    rows = cells[row].rank("dense").to_numpy() - 1
    values = np.log2(1 + cells["weight"].to_numpy()).astype(np.float32)
    return csr_matrix((values, (rows, cells["item"].to_numpy())), shape=(int(rows.max()) + 1, items))


def neighbours(model, of: csr_matrix, length: int) -> pl.DataFrame:
    """The lists of one of `implicit`'s models of neighbours."""
    model.fit(of, show_progress=False)
    similar = model.similarity
    a = np.repeat(np.arange(similar.shape[0]), np.diff(similar.indptr))
    pairs = pl.DataFrame({"a": a, "b": similar.indices, "score": similar.data})
    return best(pairs.filter(pl.col("a") != pl.col("b")), "a", "score", length)


def bought_together(log: pl.DataFrame, items: int) -> pl.DataFrame:
    bought = log.filter(pl.col("event") == "purchase")
    return neighbours(CosineRecommender(K=LENGTH + 1, num_threads=2), matrix(bought, "session", items), LENGTH)


def alike(goods: pl.DataFrame) -> pl.DataFrame:
    """By levels of the category, brand and words of the title."""
    words = pl.concat_list(
        pl.col("category"), pl.col("category").str.split(" > ").list.first(), pl.col("brand"),
        pl.col("title").str.to_lowercase().str.split(" "),
    )  # fmt: skip
    tokens = goods.select("item", words.alias("token")).explode("token")
    numbers = tokens["token"].rank("dense").to_numpy() - 1
    holds = csr_matrix((np.ones(len(numbers), np.float32), (numbers, tokens["item"].to_numpy())),
                       shape=(int(numbers.max()) + 1, len(goods)))  # fmt: skip
    return neighbours(TFIDFRecommender(K=CONTENT_LENGTH + 1, num_threads=2), holds, CONTENT_LENGTH)


def factors(of: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Items' rows of length one, as int8 with a scale for each."""
    model = AlternatingLeastSquares(
        factors=FACTORS, iterations=ITERATIONS, alpha=100.0, regularization=1.0, num_threads=2, random_state=1
    )
    model.fit(of, show_progress=False)
    rows = model.item_factors / np.maximum(np.linalg.norm(model.item_factors, axis=1, keepdims=True), 1e-12)
    scales = np.abs(rows).max(axis=1) / 127
    return np.rint(rows / np.maximum(scales, 1e-12)[:, None]).astype(np.int8), scales.astype(np.float32)


def train(log: pl.DataFrame, goods: pl.DataFrame, steps: Steps) -> dict:
    newest, oldest = log["time"].max(), log["time"].min()
    half_life = max(7 * DAY_S, (newest - oldest) / 2)
    tables: dict = popularity(log, newest)
    steps.done("popularity")
    visits = sequences(log)
    ends = pl.col("time").last().over("session")
    tables["next_item"] = next_items(visits, 0.5 ** ((newest - ends) / half_life))
    steps.done("next item")
    of_sessions = matrix(visits, "session", len(goods))
    tables["co_occurrence"] = neighbours(CosineRecommender(K=LENGTH + 1, num_threads=2), of_sessions, LENGTH)
    steps.done("co-occurrence")
    tables["bought_together"] = bought_together(log, len(goods))
    steps.done("bought together")
    tables["content"] = alike(goods)
    steps.done("content")
    tables["factors"] = factors(matrix(log, "user", len(goods)))
    steps.done("factors")
    return tables


def write(tables: dict, goods: pl.DataFrame, out: Path) -> dict[str, int]:
    """A row for each item and list: items as u32, scores as f32, best first."""
    out.unlink(missing_ok=True)
    counts = {}
    with sqlite3.connect(out) as db:
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("CREATE TABLE item (item INTEGER PRIMARY KEY, item_id TEXT, title TEXT, category TEXT, brand TEXT, price REAL)")
        db.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", goods.iter_rows())
        for name, table in tables.items():
            if name == "factors":
                db.execute("CREATE TABLE factors (item INTEGER PRIMARY KEY, scale REAL, row BLOB)")
                rows = ((item, float(scale), row.tobytes()) for item, (row, scale) in enumerate(zip(*table)))
                db.executemany("INSERT INTO factors VALUES (?, ?, ?)", rows)
                counts[name] = len(table[0])
                continue
            target, score = table.columns[-2:]
            keys = table.columns[:-2]
            lists = table.group_by(keys, maintain_order=True).agg(target, score) if keys else table.select(pl.all().implode())
            counts[name] = len(table)
            db.execute(f"CREATE TABLE {name} ({''.join(f'{key}, ' for key in keys)}items BLOB, scores BLOB)")
            rows = (
                (*row[:-2], np.array(row[-2], np.uint32).tobytes(), np.array(row[-1], np.float32).tobytes())
                for row in lists.iter_rows()
            )
            db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * (len(keys) + 2))})", rows)
    with sqlite3.connect(out) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return counts


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("events", type=Path)
    options.add_argument("catalogue", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--past-stretches", type=int, default=0)
    chosen = options.parse_args()
    steps = Steps()
    log, goods = read(chosen.events, chosen.catalogue)
    steps.done("read and sessionise")
    newest, oldest = log["time"].max(), log["time"].min()
    for back in range(chosen.past_stretches, 0, -1):
        train(log.filter(pl.col("time") < newest - back * STRETCH_SHARE * (newest - oldest)), goods, steps)
    tables = train(log, goods, steps)
    counts = write(tables, goods, chosen.out)
    steps.done("quantise and write")
    print(json.dumps({"seconds": steps.seconds, "events": len(log), "rows": counts}))


if __name__ == "__main__":
    main()
