"""The shop that fuzzed inputs ask and damage: that of the conformance tests with rankers, for which it is too small to learn any.

    python Tests/Fuzz/fuzzed_shop.py DIR      writes base.sqlite, region-N.sqlite and text.sqlite there, and the manifest
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import struct
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Conformance"))  # for the shop

from shop import build, write_shop  # noqa: E402

FEATURES = 47
KINDS = ["session", "page", "basket"]


def trees(seed: int, count: int) -> bytes:
    """A `TreeEnsemble` of trees drawn from a seed."""
    r = random.Random(seed)
    data = struct.pack("<HH", count, 0)
    for _ in range(count):
        data += bytes([*(r.randrange(FEATURES) for _ in range(3)), 0])
        data += struct.pack("<10f", *(r.uniform(-1, 1) for _ in range(10)))
    return data


def add_rankers(path: Path, count: int = 20) -> None:
    with sqlite3.connect(path) as connection:
        rows = [(kind, name, trees(kind, count)) for kind, name in enumerate(KINDS)]
        connection.executemany("INSERT OR REPLACE INTO ranker VALUES (?, ?, ?)", rows)
    connection.close()


def write_files(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        shop = Path(name)
        write_shop(shop)
        snapshots = build(shop)
        for number, path in enumerate(sorted(snapshots.glob("region-*.sqlite"))):
            shutil.copy(path, folder / f"region-{number}.sqlite")
        for kind in ["base", "text"]:
            (path,) = snapshots.glob(f"{kind}-*.sqlite")
            shutil.copy(path, folder / f"{kind}.sqlite")
        shutil.copy(snapshots / "manifest.json", folder / "manifest.json")
    add_rankers(folder / "base.sqlite")


if __name__ == "__main__":
    write_files(Path(sys.argv[1]))
