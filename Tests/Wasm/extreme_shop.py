"""A snapshot that passes every check and costs as much as one can: all lists, texts, rules and trees at their largest, and names that
are found last. Written over the schema of a real base file."""

from __future__ import annotations

import random
import sqlite3
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

from encoding import hash32, varint

CATEGORIES = 2000
TAGS = 255
LIST_ENTRIES = 255
TREES = 256
NONE = 0xFFFFFFFF
FEATURES = 47
PROBES = 2048
ID = "item-{}"


@dataclass(frozen=True)
class Size:
    items: int = 4096
    slots: int = 4096
    dimensions: int = 128
    page: int = 16384


LARGE = Size(items=70_000, slots=100_001, dimensions=48, page=65536)
"""Some 15 MiB, and more items than are looked at in order of traffic."""


class Extreme:
    """The rows of the file, table by table."""

    def __init__(self, connection: sqlite3.Connection, names: bool, boosts: bool, size: Size):
        self.connection = connection
        self.size = size
        self.names = names
        self.boosts = boosts
        self.random = random.Random(1)

    def rows(self, table: str, rows: list[tuple]) -> None:
        self.connection.execute(f"DELETE FROM {table}")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def column(self, table: str, values: bytes, width: int) -> None:
        size = (self.size.page - 40) // width * width
        self.rows(table, [(block, values[start:start + size]) for block, start in enumerate(range(0, len(values), size))])

    def words(self, table: str, values: list[int]) -> None:
        self.column(table, struct.pack(f"<{len(values)}I", *values), 4)

    def heap(self, table: str, entries: list[bytes]) -> list[int]:
        """Writes the entries; gives their addresses."""
        blocks, addresses = [b""], []
        for entry in entries:
            if len(blocks[-1]) + len(entry) > self.size.page - 40:
                blocks.append(b"")
            addresses.append(len(blocks) - 1 << 16 | len(blocks[-1]))
            blocks[-1] += entry
        self.rows(table, list(enumerate(blocks)))
        return addresses

    # --- What stands in it

    def write(self) -> None:
        self.items()
        self.lists()
        self.texts()
        self.rankers()
        self.segments()
        self.rules()
        self.recipes()
        facts = {"items": self.size.items, "shown": self.size.items, "slots": self.size.slots, "dimensions": self.size.dimensions,
                 "categories": CATEGORIES, "brands": 1, "tags": TAGS, "groups": 1, "sold_apart": 1, "regions": 255, "segments": 32,
                 "topics": 31, "segment_margin": 0, "terms": 64, "users": 1, "recipes": 6, "session_window": 1 << 30,
                 "session_pause": 1}
        self.connection.executemany("UPDATE meta SET value = ? WHERE key = ?", [(value, key) for key, value in facts.items()])

    def items(self) -> None:
        ids = [ID.format(item).encode() for item in range(self.size.items)]
        # The last items have the longest ids, and fill all slots that others do not have.
        ids[-1] = b"x" * 255
        self.words("item_id", self.heap("id_heap", [bytes([len(id)]) + id for id in ids]))
        self.words("item_slot", self.slots(ids))
        self.rows("category", [(category, category - 1 if category else None, f"{category:08}") for category in range(CATEGORIES)])
        self.rows("brand", [(0, "brand")])
        self.rows("tag", [(tag, f"{tag:08}") for tag in range(TAGS)])
        self.rows("region", [(region, f"{region:08}", "world", 1) for region in range(255)])
        self.column("item_category", struct.pack("<H", CATEGORIES - 1) * self.size.items, 2)
        self.column("item_brand", bytes(2 * self.size.items), 2)
        self.words("item_price", [100 + item for item in range(self.size.items)])
        self.column("item_confidence", b"\xff" * self.size.items, 1)
        self.column("item_behaviour", b"\x7e" * self.size.items, 1)
        row = struct.pack("<f", 1 / 127) + bytes(self.random.randrange(256) for _ in range(self.size.dimensions))
        self.column("item_factor", row * self.size.items, len(row))
        count = 255 if self.names else 2
        every = bytes([count]) + b"".join(struct.pack("<H", number) for number in range(255 - count, 255))
        self.words("item_tags", self.heap("tag_heap", [every]) * self.size.items)
        self.words("item_regions", self.heap("region_heap", [every]) * self.size.items)
        self.words("item_group", list(range(self.size.items)))

    def slots(self, ids: list[bytes]) -> list[int]:
        if not self.names:
            slots = [0] * self.size.slots
            for item in range(64):
                slot = hash32(ids[item]) * self.size.slots >> 32
                while slots[slot]:
                    slot = (slot + 1) % self.size.slots
                slots[slot] = item + 1
            return slots
        slots = [self.size.items] * self.size.slots
        for item in range(64):
            # As far from where a search for it starts as it may be.
            slots[((hash32(ids[item]) * self.size.slots >> 32) + PROBES - 1 - item) % self.size.slots] = item + 1
        return slots

    def lists(self) -> None:
        for column, heap in [("item_slist", "slist_heap"), ("item_next", "next_heap"), ("item_together", "together_heap"),
                             ("item_content", "content_heap")]:
            entries = []
            for _ in range(64):
                named = sorted(self.random.sample(range(self.size.items), LIST_ENTRIES))
                # Weights go up, so that each first step is better than those before.
                steps = [item - before - 1 for before, item in zip([-1, *named], named)]
                entries.append(varint(LIST_ENTRIES) + b"\x80\x3f" + b"".join(varint(step) + bytes([1 + at]) for at, step in enumerate(steps)))
            addresses = self.heap(heap, entries)
            self.words(column, [addresses[item % 64] for item in range(self.size.items)])
        ranked = ranked_list(self.size.items)
        self.rows("top_list", [(row, ranked) for row in [*range(-96, 1), CATEGORIES]])

    def texts(self) -> None:
        terms = [f"t{term:02}" for term in range(64)]
        # Each item matches the terms of its number's bits: every match is better than all before.
        postings = [b"".join([struct.pack("<H", 1 << min(term, 15)), *self.deltas(term % 12)]) for term in range(64)]
        self.rows("term", [(row, text, items[:self.size.page - 60]) for row, (text, items) in enumerate(zip(terms, postings))])

    def deltas(self, bit: int) -> list[bytes]:
        """Postings of the items that have `bit`."""
        named = [item for item in range(self.size.items) if item >> bit & 1]
        return [varint(item - before - 1) for before, item in zip([-1, *named], named)]

    def rankers(self) -> None:
        def tree() -> bytes:
            features = bytes(self.random.randrange(FEATURES) for _ in range(3))
            return features + b"\0" + struct.pack("<10f", *(self.random.uniform(0, 1) for _ in range(10)))

        self.rows("ranker", [(kind, str(kind), struct.pack("<HH", TREES, 0) + b"".join(tree() for _ in range(TREES))) for kind in range(3)])

    def segments(self) -> None:
        self.rows("segment", [(row, f"s{row}", f"segment {row}", 9, struct.pack("<36h", *(self.random.randrange(-999, 999) for _ in range(36))))
                              for row in range(32)])

    def recipes(self) -> None:
        adjustments = b"".join(struct.pack("<BBhI", 1, 0, 256, 3 << 24 | 60000 + at) for at in range(64))
        recipe = bytes([100, 0, 2, 50, 100, 100, 0, 0, 0, 0, 0, 0]) + (adjustments if self.boosts else b"")
        self.rows("recipe", [(context, str(context), recipe) for context in range(6)])

    def rules(self) -> None:
        """Every section full. Each pattern counts every view of what has all but the last of its attributes' values."""
        keys = [3 << 24 | tag for tag in range(1024)]
        ranges = [(0, NONE)] * 64
        windows = [1 << 30] * 64
        patterns, references = [], []
        for number in range(1024):
            # Two attributes: the last tag that items have, found behind all the others, and one that no item has.
            patterns.append((0xFFFF, len(references), 4, number + 1))
            references += [0x8000 | 1023, 254, 0x8000 | 254, 253]
        conditions = [(2 if at % 2 else 4, 0, 1, at % 64, at, 1023 - at, 1) for at in range(1024)]
        effects = [(16, 0, 0, 0, at % 64) for at in range(1024)]
        rules, steps = [], []
        for number in range(256):
            rules.append((len(steps), 16, 4 * number, 4))
            steps += [(number * 4 + at) % 1024 for at in range(15)] + [0x8000 | 15]
        self.rule_table(packed_rules(keys, ranges, windows, references, patterns, conditions, steps, effects, rules))
        self.rows("rule", [(number, f"rule-{number}", "o" * 200, "") for number in range(256)])
        self.rows("rule_segment", [(number, f"c{number}", f"name {number}") for number in range(64)])

    def rule_table(self, data: bytes) -> None:
        size = self.size.page - 40
        self.rows("rule_table", [(block, data[start:start + size]) for block, start in enumerate(range(0, len(data), size))])


def ranked_list(items: int) -> bytes:
    """More entries than are looked at, of the items that are shown least."""
    return b"".join(struct.pack("<IH", items - 1 - at, 65535 - at) for at in range(600))


def packed_rules(keys, ranges, windows, references, patterns, conditions, steps, effects, rules) -> bytes:
    """The nine sections behind their counts: docs/snapshot-format.md."""
    sections = {"I": keys, "2I": ranges, " I": windows, "H": references, "4H": patterns, "4B2HI": conditions, " H": steps,
                "4BI": effects, " 4H": rules}
    rows = [row if isinstance(row, tuple) else (row,) for section in sections.values() for row in section]
    layouts = [layout for layout, section in sections.items() for _ in section]
    data = b"".join(struct.pack(f"<{layout}", *row) for layout, row in zip(layouts, rows))
    return struct.pack("<10H", *(len(section) for section in sections.values()), 0) + data


def extreme_base(base: bytes, names: bool = True, boosts: bool = True, size: Size = Size()) -> bytes:
    """The file, over the schema of `base`, in which the shop has tags, groups, regions, rules, recipes, terms and people.
    `names`: names are found last, and lists of tags and regions are at their largest; `boosts`: so are recipes. Both leave
    little of a request's effort for the rest."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.sqlite"
        path.write_bytes(base)
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA page_size = {size.page}")
        connection.execute("VACUUM")
        Extreme(connection, names, boosts, size).write()
        connection.commit()
        connection.execute("VACUUM")
        connection.close()
        return path.read_bytes()
