"""The storefront's goods, from a catalogue and its receipts."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import builds  # noqa: F401  (makes scripts/ importable)
from storefront_goods import write_goods

CATALOGUE = [
    ("1", "MILK Private", "GROCERY", "MILK", "1.89"),
    ("2", "BREAD National", "GROCERY", "BREAD", ""),
    ("3", "GASOLINE", "FUEL", "FUEL", "3.00"),
    ("4", "NEVER SOLD", "GROCERY", "MILK", "1.00"),
    ("5", "SUNDRIES", "TOYS", "", "2.50"),
]


def write(path: Path, header: str, rows: list[tuple[str, ...]]) -> Path:
    with gzip.open(path, "wt", newline="") as stream:
        csv.writer(stream).writerows([header.split(), *rows])
    return path


def test_what_sold_most_comes_first_and_what_is_no_goods_not_at_all(tmp_path):
    catalogue = write(tmp_path / "p.csv.gz", "product_id title department product_category price", CATALOGUE)
    sales = [("2", "1"), ("5", "1"), ("2", "3"), ("3", "1"), ("1", "1"), ("1", "0"), ("9", "1")]
    transactions = write(tmp_path / "t.csv.gz", "product_id quantity", sales)
    goods = json.loads(write_goods(catalogue, transactions, tmp_path).read_text())
    assert goods["categories"] == ["GROCERY > BREAD", "GROCERY > MILK", "TOYS"]
    assert goods["products"] == [["2", "BREAD National", 0, None], ["1", "MILK Private", 1, 1.89], ["5", "SUNDRIES", 2, 2.5]]
