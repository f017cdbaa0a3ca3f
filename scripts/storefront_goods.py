#!/usr/bin/env python3
"""The storefront's goods, from the demo's catalogue: what sold most, in the order of sales, for pages and search.

    scripts/storefront_goods.py CATALOGUE TRANSACTIONS OUT      writes OUT/shop/products.json
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import sys
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path

PRODUCTS = 6000
REGION_WORD = "Store"
CONFIGURATION = Path(__file__).resolve().parent.parent / "examples" / "complete-journey.yaml"


def no_goods() -> list[str]:
    """Patterns of the categories that are never recommended, as the configuration names them."""
    return re.findall(r'^ +- category: "(.+)"$', CONFIGURATION.read_text(), re.MULTILINE)


def sold(transactions: Path) -> Counter[str]:
    with gzip.open(transactions, "rt", newline="") as text:
        return Counter(row["product_id"] for row in csv.DictReader(text) if float(row["quantity"]) > 0)


def goods(catalogue: Path, sales: Counter[str]) -> dict:
    with gzip.open(catalogue, "rt", newline="") as text:
        rows = {row["product_id"]: row for row in csv.DictReader(text)}
    patterns = no_goods()
    categories: dict[str, int] = {}
    products = []
    for item, _ in sorted(sales.items(), key=lambda each: (-each[1], int(each[0]))):
        row = rows.get(item)
        if row is None:
            continue
        category = " > ".join(part for part in (row["department"], row["product_category"]) if part)
        if any(fnmatchcase(category, pattern) for pattern in patterns):
            continue
        price = float(row["price"]) if row["price"] else None
        products.append([item, row["title"], categories.setdefault(category, len(categories)), price])
        if len(products) == PRODUCTS:
            break
    return {"region_word": REGION_WORD, "categories": list(categories), "products": products}


def write_goods(catalogue: Path, transactions: Path, out: Path) -> Path:
    path = out / "shop" / "products.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(goods(catalogue, sold(transactions)), separators=(",", ":")))
    os.replace(draft, path)
    return path


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    print(write_goods(*map(Path, sys.argv[1:])))
