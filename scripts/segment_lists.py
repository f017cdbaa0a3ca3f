#!/usr/bin/env python3
"""Whether bought-together lists of segments would help, before any are built: the second table of docs/quality.md's
Segments.

    scripts/segment_lists.py DIR        DIR holds transactions.csv.gz and products.csv.gz, as `make demo` extracts them

People are clustered by the categories that they buy from (k-means of the roots of shares: Hellinger); a basket belongs
to the centroid nearest to what it shows. Lists are cosines of co-occurrence as `CoOccurrence` makes them, without
fading; a segment's come from the baskets of its people alone. The last week is held out; every item of a basket is
hidden in turn, at most 15 a basket. Needs numpy and scipy. Prints Markdown, with 95 % intervals by bootstrap over
baskets.
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from scipy import sparse

LENGTH = 48
SIZE_EXPONENT = 1.5
SUPPORT_SHRINK = 2
NOT_GOODS = ("FUEL", "MISCELLANEOUS", "COUPON", "TICKETS", "BOTTLE DEPOSITS", "PHOTOFINISHING", "DELI SUPPLIES",
             "CNTRL/STORE SUP", "POSTAL CENTER")  # fmt: skip


def rows(path: Path):
    with gzip.open(path, "rt", newline="") as file:
        yield from csv.DictReader(file)


def read(folder: Path):
    """(household, newest time, items) of each basket, and the category of each item, by number."""
    products = rows(folder / "products.csv.gz")
    category = {row["product_id"]: f"{row['department']} > {row['product_category']}" for row in products}
    goods = {item for item, name in category.items() if not any(word in name for word in NOT_GOODS)}
    baskets: dict[str, list] = {}
    number: dict[str, int] = {}
    for row in rows(folder / "transactions.csv.gz"):
        if int(row["quantity"]) < 1 or row["product_id"] not in goods:
            continue
        basket = baskets.setdefault(row["basket_id"], [row["household_id"], "", {}])
        basket[1] = max(basket[1], row["transaction_timestamp"])
        basket[2][number.setdefault(row["product_id"], len(number))] = None
    names: dict[str, int] = {}
    categories = np.array([names.setdefault(category[item], len(names)) for item in number])
    return list(baskets.values()), categories


def indicator(baskets, count: int):
    """Baskets × items."""
    lengths = [len(items) for _, _, items in baskets]
    columns = np.fromiter((item for _, _, items in baskets for item in items), np.int32, sum(lengths))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, offsets), shape=(len(lengths), count))


def lists(matrix, length: int):
    """The best `length` cosines of each row."""
    size = np.asarray(matrix.sum(1)).ravel()
    weights = np.maximum(size, 1) ** -SIZE_EXPONENT
    weighted = sparse.diags(weights.astype(np.float32)) @ matrix
    norms = np.sqrt(np.maximum(np.asarray(weighted.sum(0)).ravel(), 1e-20))
    transposed, right = matrix.T.tocsr(), weighted.tocsr()
    parts = []
    for start in range(0, matrix.shape[1], 4000):
        block = transposed[start : start + 4000]
        sums, support = (block @ right).tocsr(), (block @ matrix).tocsr()
        sums.sort_indices(), support.sort_indices()
        source = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
        score = sums.data / norms[start + source] / norms[sums.indices] * support.data / (support.data + SUPPORT_SHRINK)
        score[start + source == sums.indices] = 0
        order = np.lexsort((sums.indices, -score, source))
        kept = order[(np.arange(len(order)) - sums.indptr[source[order]] < length) & (score[order] > 0)]
        parts.append(sparse.csr_matrix((score[kept], (source[kept], sums.indices[kept])), shape=sums.shape))
    return sparse.vstack(parts).tocsr()


def behaviour(matrix, categories):
    """Roots of the shares of categories, by row."""
    bought = np.asarray((matrix @ sparse.csr_matrix(
        (np.ones(len(categories)), (np.arange(len(categories)), categories)))).todense())  # fmt: skip
    return np.sqrt(bought / np.maximum(bought.sum(1, keepdims=True), 1e-9))


def clusters(points, count: int, seed: int = 1):
    random_state = np.random.default_rng(seed)
    centroids = points[random_state.choice(len(points), count, replace=False)]
    for _ in range(30):
        nearest = (points @ centroids.T).argmax(1)
        groups = [points[nearest == k] for k in range(count)]
        centroids = np.stack([own.mean(0) if len(own) else centroids[k] for k, own in enumerate(groups)])
        centroids /= np.maximum(np.linalg.norm(centroids, axis=1, keepdims=True), 1e-9)
    return centroids


def hits(test, tables_of) -> tuple[np.ndarray, np.ndarray]:
    """By position: whether the sums over the tables' rows have the hidden item among the first 20; and its basket."""
    found, owner = [], []
    choose = random.Random(1)
    for number, items in enumerate(test):
        for hidden in items if len(items) <= 15 else choose.sample(items, 15):
            known = [item for item in items if item != hidden]
            named, scores = [], []
            for table in tables_of(known):
                for item in known:
                    row = slice(table.indptr[item], table.indptr[item + 1])
                    named.append(table.indices[row])
                    scores.append(table.data[row])
            answers, place = np.unique(np.concatenate(named), return_inverse=True)
            sums = np.bincount(place, np.concatenate(scores), len(answers))
            sums[np.isin(answers, known)] = 0
            own = sums[answers == hidden]
            found.append(len(own) > 0 and int((sums > own[0]).sum()) < 20)
            owner.append(number)
    return np.array(found, float), np.array(owner)


def interval(difference, owner) -> tuple[float, float]:
    """95 % by bootstrap over baskets."""
    sums, counts = np.bincount(owner, difference), np.bincount(owner)
    draws = np.random.default_rng(1).integers(0, len(sums), (1000, len(sums)))
    return tuple(np.percentile(sums[draws].sum(1) / counts[draws].sum(1), [2.5, 97.5]))


def main() -> None:
    baskets, categories = read(Path(sys.argv[1]))
    newest = datetime.fromisoformat(max(time for _, time, _ in baskets))
    cut = (newest - timedelta(days=7)).strftime("%Y-%m-%d %H:%M:%S")
    train = [basket for basket in baskets if basket[1] < cut]
    test = [list(items) for _, time, items in baskets if time >= cut and len(items) > 1]
    matrix = indicator(train, len(categories))
    of_all = lists(matrix, LENGTH)

    base, owner = hits(test, lambda _: [of_all])
    print("| segments | lists | entries of an item | HR@20 | difference |")
    print("|---|---|---|---|---|")
    print(f"| none | all | {LENGTH} | {base.mean():.4f} | |", flush=True)
    members = defaultdict(list)
    for row, (household, _, _) in enumerate(train):
        members[household].append(row)
    people = sparse.vstack([sparse.csr_matrix(matrix[own].sum(0)) for own in members.values()]).tocsr()
    for count in (2, 4):
        centroids = clusters(behaviour(people, categories), count)
        of_person = (behaviour(people, categories) @ centroids.T).argmax(1)
        segment = np.zeros(len(train), int)
        for person, own in enumerate(members.values()):
            segment[own] = of_person[person]

        def segment_of(known):
            shown = np.bincount(categories[known], minlength=centroids.shape[1])
            return int((centroids @ np.sqrt(shown)).argmax())

        half, short = lists(matrix, LENGTH // 2), LENGTH // 2 // count
        full = [lists(matrix[segment == k], LENGTH) for k in range(count)]
        part = [lists(matrix[segment == k], LENGTH // count) for k in range(count)]
        beside = [lists(matrix[segment == k], short) for k in range(count)]
        variants = [
            ("its segment's", f"{LENGTH // count} × {count}", lambda known: [part[segment_of(known)]]),
            ("all and its segment's", f"{LENGTH // 2} + {short} × {count}",
             lambda known: [half, beside[segment_of(known)]]),
            ("its segment's", f"{LENGTH} × {count}", lambda known: [full[segment_of(known)]]),
            ("all and its segment's", f"{LENGTH} + {LENGTH} × {count}",
             lambda known: [of_all, full[segment_of(known)]]),
        ]  # fmt: skip
        for title, entries, tables_of in variants:
            found, owner = hits(test, tables_of)
            low, high = interval(found - base, owner)
            difference = f"{(found - base).mean():+.4f} ({low:+.4f} to {high:+.4f})"
            print(f"| {count} | {title} | {entries} | {found.mean():.4f} | {difference} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
