"""Files in which what is looked for stands behind much else, and tables with more rows than anybody needs."""

from __future__ import annotations

import sqlite3
import struct

from extreme_files import edited

FILLER = struct.pack("<HH", 256, 0) + (bytes(4) + struct.pack("<10f", *[0] * 10)) * 256
"""A ranker of as many trees as there may be."""

ROWS = {
    "meta": lambda count: [(f"fact{number}", 1) for number in range(count)],
    "item_salt": lambda count: [(number, 1) for number in range(count)],
    "category": lambda count: [(number, None, "") for number in range(count)],
    "event_weight": lambda count: [(number, "", 1.0) for number in range(count)],
    "position_decay": lambda count: [(number, 1.0) for number in range(count)],
    "blend": lambda count: [(number, "", "", 1.0) for number in range(count)],
    "rule_table": lambda count: [(number, b"") for number in range(count)],
    "ranker": lambda count: [(number, "", FILLER) for number in range(count)],
    "recipe": lambda count: [(number, "", bytes([1]) + bytes(11)) for number in range(count)],
    "item_id": lambda count: [(number, b"") for number in range(count)],
    "region_lift": lambda count: [(number, b"") for number in range(count)],
}
"""Rows that are what they should be, but for their number."""


def with_rows(file: bytes, **counts: int) -> bytes:
    """The file with so many rows in these tables; behind them, those that it had in `meta`."""

    def edit(connection: sqlite3.Connection) -> None:
        for table, count in counts.items():
            had = connection.execute(f"SELECT * FROM {table}").fetchall()
            connection.execute(f"DELETE FROM {table}")
            rows = ROWS[table](count) + (had if table == "meta" else [])
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        if "category" in counts:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'categories'", [counts["category"]])

    return edited(file, edit)


def with_views(file: bytes, count: int) -> bytes:
    """The file, with its tables behind so many views."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(file)
    connection.execute("BEGIN")
    views = [("view", f"v{view}", f"v{view}", 0, f"CREATE VIEW v{view} AS SELECT 1") for view in range(count)]
    rows = connection.execute("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema").fetchall()
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("DELETE FROM sqlite_schema")
    connection.executemany("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", views + rows)
    connection.execute("COMMIT")
    return connection.serialize()


def with_empty_leaves(file: bytes, table: str, pages: int) -> bytes:
    """The rows of `table` behind as many empty leaves as the file has pages, which are `pages`: each entered again and again."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(file)
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    found = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()
    root = found[0] if found else 1
    image = bytearray(file.ljust(pages * size, b"\0"))
    head, last = 100 if root == 1 else 0, len(file) // size
    page = image[(root - 1) * size:root * size]
    pointers = struct.unpack_from(">H", page, head + 3)[0] * 2 + (12 if page[head] == 5 else 8)
    # The old root, then an empty leaf, behind the file's pages.
    moved = page[head:head + pointers].ljust(head + pointers, b"\0") + page[head + pointers:]
    image[last * size:(last + 1) * size] = moved
    image[(last + 1) * size:(last + 1) * size + 8] = bytes([13, 0, 0, 0, 0, 0, 0, 0])
    children = min(pages, (size - head - 12 - 5) // 2)
    cell = struct.pack(">IB", last + 2, 0)
    body = struct.pack(">BHHHBI", 5, 0, children, 0, 0, last + 1) + struct.pack(">H", size - 5) * children
    image[(root - 1) * size + head:root * size] = body.ljust(size - head - 5, b"\0") + cell
    struct.pack_into(">I", image, 28, pages)
    return bytes(image)
