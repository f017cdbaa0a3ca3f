"""What a host opens beside a base, and what a base may hold beside its lists, at its most expensive: region and text files, people's
rows, rules that ask for regions or offer something, texts as long as a page. All of it passes every check."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import struct
from collections.abc import Callable

from extreme_shop import CATEGORIES, NONE, Extreme, Size, packed_rules, ranked_list

CODE_BYTES_MAX = 255


SIZE = Size(page=65536)
"""Of the bases: texts may be as long as their page."""


def edited(base: bytes, edit: Callable[[sqlite3.Connection], object]) -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(base)
    connection.execute("BEGIN")
    edit(connection)
    connection.execute("COMMIT")
    return connection.serialize()


def file(base: bytes, kind: str, facts: dict, tables: dict[str, list[tuple]], page: int = SIZE.page) -> bytes:
    """A file of the generation of `base`; `tables` by their definitions."""
    source, connection = sqlite3.connect(":memory:"), sqlite3.connect(":memory:", isolation_level=None)
    source.deserialize(base)
    connection.execute(f"PRAGMA page_size = {page}")
    for pragma in ["application_id", "user_version"]:
        connection.execute(f"PRAGMA {pragma} = {source.execute(f'PRAGMA {pragma}').fetchone()[0]}")
    (generation,) = source.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    tables = {"meta (key, value)": [*{"kind": kind, "generation": generation, **facts}.items()], **tables}
    connection.execute("BEGIN")
    for table, rows in tables.items():
        connection.execute(f"CREATE TABLE {table}")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table.split()[0]} VALUES ({marks})", rows)
    connection.execute("COMMIT")
    return connection.serialize()


# --- Regions


def code(number: int, length: int = CODE_BYTES_MAX) -> str:
    """Codes of one length that differ at their ends."""
    return f"{number:0{length}}"


def with_regions(base: bytes, serving: str, length: int = CODE_BYTES_MAX) -> bytes:
    """As many regions as there may be, all of which `serving` serves."""
    rows = [(region, code(region, length), serving, 1) for region in range(65535 if length < 20 else 1024)]

    def edit(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM region")
        connection.executemany("INSERT INTO region VALUES (?, ?, ?, ?)", rows)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'regions'", [len(rows)])

    return edited(base, edit)


def region_file(base: bytes, name: str, parent: str, items: int) -> bytes:
    """Lists of 600 items from the least shown up, and a lift for each item, which is found last."""
    ranked = ranked_list(items)
    lifts = struct.pack(f"<{items}I", *(item << 8 | 255 for item in range(items)))
    size = SIZE.page - 40
    blocks = [(block, lifts[start:start + size]) for block, start in enumerate(range(0, len(lifts), size))]
    return file(base, "region", {"region": name, "parent": parent, "people": 1, "lifts": items}, {
        "top_list (id INTEGER PRIMARY KEY, list)": [(row, ranked) for row in range(CATEGORIES + 1)],
        "region_lift (block INTEGER PRIMARY KEY, data)": blocks})


def small_region_file(base: bytes, name: str, parent: str, page: int = 4096) -> bytes:
    return file(base, "region", {"region": name, "parent": parent, "people": 1, "lifts": 0}, {
        "top_list (id INTEGER PRIMARY KEY, list)": [], "region_lift (block INTEGER PRIMARY KEY, data)": []}, page)


# --- Texts


def text_file(base: bytes, items: int, texts: tuple[str, str, str]) -> bytes:
    rows = [(item, *texts) for item in range(items)]
    return file(base, "text", {}, {"item_text (item INTEGER PRIMARY KEY, title, url, image)": rows})


TEXTS = {
    "as long as a page": ("a" * 64_000, "b" * 400, "c" * 400),
    "all long": ("a" * 21_000, "b" * 21_000, "c" * 21_000),
    "just short enough": ("a" * 800, "ä" * 400, "漢" * 260),
    "escapes": ("\x01" * 130, "<" * 130, "\x7f" * 130),
    "long escapes": ("\x01" * 21_000, "<" * 21_000, "\x7f" * 21_000),
    "not UTF-8": (b"\xff" * 21_000, b"\xe4" * 21_000, b"\xf0\x9f\x98" * 7_000),
}


def text_files(base: bytes, items: int, name: str) -> bytes:
    texts = TEXTS[name]
    made = text_file(base, items, texts)
    if not isinstance(texts[0], bytes):
        return made
    return edited(made, lambda connection: connection.execute(
        "UPDATE item_text SET title = CAST(title AS TEXT), url = CAST(url AS TEXT), image = CAST(image AS TEXT)"))


def with_long_names(base: bytes) -> bytes:
    """Names of categories, brands, segments and rules as long as a page allows."""

    def edit(connection: sqlite3.Connection) -> None:
        # In byte order still.
        connection.execute("UPDATE category SET name = name || ? WHERE id > 1990", ["n" * 64_000])
        connection.execute("UPDATE brand SET name = ?", ["n" * 64_000])
        connection.execute("UPDATE rule_segment SET code = ?, name = ?", ["n" * 32_000, "n" * 32_000])
        connection.execute("UPDATE segment SET name = ?", ["n" * 64_000])

    return edited(base, edit)


# --- People

KEY = bytes(range(64)) * 12
"""768 bytes, the most that offers are signed with."""


def with_users(base: bytes, user: str, count: int) -> bytes:
    """So many people beside `user`, who is found by `KEY` and has a row as long as a page."""
    history = struct.pack("<16I", *(item << 8 | 1 for item in range(100, 116)))
    row = int.from_bytes(hmac.digest(KEY, user.encode(), hashlib.sha256)[:8], "big") >> 1

    def edit(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM user")
        connection.executemany("INSERT INTO user VALUES (?, ?)", [(number, history) for number in range(count)])
        connection.execute("INSERT INTO user VALUES (?, ?)", [row, history * 900])

    return edited(base, edit)


# --- Rules


def with_rules(base: bytes, conditions: list[tuple], effects: list[tuple], texts: int = 200) -> bytes:
    """256 rules, each of all 15 conditions that follow each other, with four of the effects each, and texts of so many bytes."""
    rules, steps = [], []
    for number in range(256):
        rules.append((len(steps), 16, 4 * number, 4))
        steps += [(number * 4 + at) % len(conditions) for at in range(15)] + [0x8000 | 15]
    data = packed_rules([], [(0, NONE)], [1 << 30], [], [], conditions, steps, effects, rules)

    def edit(connection: sqlite3.Connection) -> None:
        Extreme(connection, False, False, SIZE).rule_table(data)
        connection.execute("UPDATE rule SET name = ?, offer = ?", ["r" * texts, "o" * texts])

    return edited(base, edit)


REGION_CONDITIONS = [(5, 1, 1, 0, 0, 0, number) for number in range(1024)]
"""The region is none of a thousand: all of them hold."""
OFFERS = [(18, 0, 0, 0, 1 << 30)] * 1024
