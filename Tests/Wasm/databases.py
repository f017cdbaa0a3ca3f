"""Random SQLite databases, each made again by its seed."""

import math
import random
import sqlite3
from dataclasses import dataclass, field

from probe import Text

PAGE_SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
INTEGERS = [0, 1, -1, 2, 127, 128, -128, -129, 32767, 32768, -32768, -32769, 2**23 - 1, 2**23, -(2**23), -(2**23) - 1,
            2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**47 - 1, 2**47, -(2**47), -(2**47) - 1, 2**53, 2**53 + 1,
            -(2**53) - 1, 2**63 - 1, 2**63 - 2, -(2**63), -(2**63) + 1]
REALS = [0.0, -0.0, 0.5, -0.5, 1.0, 1.5, -1.0, math.pi, 1e-300, 5e-324, 1e300, math.inf, -math.inf, 2.0**53,
         2.0**53 + 2, 2.0**63, -(2.0**63), 2.0**62, 9.2e18, 127.5, 1e15, 0.1]
LETTERS = "aAbBzZ09 _~\x00\x7fäßéœ中文語🐦\u0301\uffff"


@dataclass
class TableInfo:
    name: str
    column_count: int
    without_rowid: bool = False
    #: Of the column that is the rowid, or None.
    rowid_column: int | None = None
    #: As SQLite stores them: a REAL column may hold an integer, an added column may be missing.
    real_columns: set = field(default_factory=set)
    added: list = field(default_factory=list)  # (column, default)


@dataclass
class Generated:
    seed: int
    connection: sqlite3.Connection
    image: bytes
    page_size: int
    reserved: int
    auto_vacuum: int
    tables: dict  # name -> TableInfo; SQLite's own tables are not in it
    partial: dict  # index name -> WHERE clause


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def connect():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.text_factory = Text
    return connection


def blank(page_size, auto_vacuum, reserved):
    """An empty database; reserved bytes can only be set in the image of one."""
    connection = connect()
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute(f"PRAGMA auto_vacuum = {auto_vacuum}")
    if reserved:
        connection.execute("CREATE TABLE t(a)")
        connection.execute("DROP TABLE t")
        connection.execute("VACUUM")
        image = bytearray(connection.serialize())
        image[20] = reserved
        image[105:107] = ((page_size - reserved) & 0xFFFF).to_bytes(2, "big")
        connection.close()
        connection = connect()
        connection.deserialize(bytes(image))
    return connection


class Generator:
    def __init__(self, seed):
        self.seed = seed
        self.random = random.Random(seed)
        self.tables = {}
        self.partial = {}
        self.index_count = 0

    def chance(self, probability):
        return self.random.random() < probability

    # --- Values

    def length(self):
        roll = self.random.random()
        if roll < 0.1:
            return 0
        if roll < 0.75:
            return self.random.randint(1, 24)
        if roll < 0.97 or not self.has_large_values:
            return self.random.randint(1, 200)
        pages = self.random.choice([0.2, 0.25, 0.5, 1, 1, 1.5, 2.5, 4])
        return int(self.page_size * pages) + self.random.randint(-60, 60)

    def value(self):
        r = self.random
        roll = r.random()
        if roll < 0.1:
            return None
        if roll < 0.25:
            return r.choice(INTEGERS)
        if roll < 0.4:
            return r.randint(-(1 << r.randint(1, 63)), (1 << r.randint(1, 63)) - 1)
        if roll < 0.5:
            return r.choice(REALS)
        if roll < 0.55:
            return r.uniform(-1000, 1000)
        length = max(0, self.length())
        if roll < 0.8:
            return "".join(r.choices(LETTERS, k=length))
        return r.randbytes(length)

    def rowid(self, row):
        r = self.random
        if self.rowid_style == "sequence":
            return row + 1
        if self.rowid_style == "sparse":
            return r.randint(-5000, 5000) * r.choice([1, 1, 1000])
        return r.choice([r.choice(INTEGERS), r.randint(-(1 << r.randint(1, 63)), (1 << r.randint(1, 63)) - 1)])

    # --- Schema

    def create_table(self, number, column_count):
        r = self.random
        name = r.choice([f"t{number}", f"Table {number}", f"größe{number}", f'q"{number}', f"T{number}_" + "x" * 40])
        typed = self.chance(0.25)
        table = TableInfo(name, column_count, without_rowid=self.chance(0.3))
        key_size = r.randint(1, min(3, column_count))
        columns = []
        for column in range(column_count):
            kind = r.choice(["INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB"]) if typed else r.choice(["", "", "BLOB"])
            if kind == "REAL":
                table.real_columns.add(column)
            columns.append(f"c{column} {kind}")
        extra = []
        if table.without_rowid:
            keys = r.sample(range(column_count), key_size)
            extra.append("PRIMARY KEY (" + ", ".join(f"c{k}" + self.direction(0.1) for k in keys) + ")")
        elif self.chance(0.35):
            table.rowid_column = r.randrange(column_count)
            table.real_columns.discard(table.rowid_column)
            columns[table.rowid_column] = f"c{table.rowid_column} INTEGER PRIMARY KEY" + (
                " AUTOINCREMENT" if self.chance(0.3) else "")
        if self.chance(0.25):
            extra.append(f"UNIQUE (c{r.randrange(column_count)}, c{r.randrange(column_count)})")
            if len(set(extra[-1].split("(")[1].strip(")").split(", "))) < 2:
                extra.pop()
        if self.chance(0.1):
            columns[-1] += r.choice([" COLLATE NOCASE", " COLLATE RTRIM", " COLLATE BINARY"])
        self.connection.execute(
            f"CREATE TABLE {quoted(name)} ({', '.join(columns + extra)})"
            + (" WITHOUT ROWID" if table.without_rowid else ""))
        self.tables[name] = table
        return table

    def direction(self, probability):
        return " DESC" if self.chance(probability) else ""

    def create_index(self, table):
        r = self.random
        columns = r.sample(range(table.column_count), r.randint(1, min(3, table.column_count)))
        terms = [f"c{c}" + (" COLLATE NOCASE" if self.chance(0.05) else "") + self.direction(0.15) for c in columns]
        name = f"index {self.index_count}"
        self.index_count += 1
        where = f"c{columns[0]} IS NOT NULL" if self.chance(0.15) else None
        self.connection.execute(
            f"CREATE INDEX {quoted(name)} ON {quoted(table.name)} ({', '.join(terms)})"
            + (f" WHERE {where}" if where else ""))
        if where:
            self.partial[name] = where

    # --- Content

    def row_count(self):
        roll = self.random.random()
        if roll < 0.1:
            return 0
        if roll < 0.8:
            return self.random.randint(1, 25)
        if roll < 0.985:
            return self.random.randint(25, 250)
        return self.random.randint(250, 1500)

    def fill(self, table, count):
        r = self.random
        self.rowid_style = r.choice(["sequence", "sequence", "sparse", "any"])
        columns = range(table.column_count)
        # Few distinct values in a table make duplicates in its indexes.
        pool = [self.value() for _ in range(r.randint(1, 12))] if self.chance(0.3) else None

        def row(number):
            values = [r.choice(pool) if pool else self.value() for _ in columns]
            if table.without_rowid:
                return values
            rowid = self.rowid(number)
            if table.rowid_column is not None:
                values[table.rowid_column] = rowid
                return values
            return [rowid, *values]

        names = [f"c{c}" for c in columns]
        if not table.without_rowid and table.rowid_column is None:
            names.insert(0, "rowid")
        self.connection.executemany(
            f"INSERT OR IGNORE INTO {quoted(table.name)} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            map(row, range(count)))

    def change(self, table):
        """Deletions and updates, so that pages hold free blocks and the tree has been rebalanced."""
        r, name = self.random, quoted(table.name)
        if self.chance(0.4):
            limit = r.choice([0, 50, 128, 200, 250])
            self.connection.execute(f"DELETE FROM {name} WHERE length(c0) * 37 % 256 < {limit}")
        if self.chance(0.3):
            column = r.randrange(table.column_count)
            if column != table.rowid_column:
                self.connection.execute(f"UPDATE OR IGNORE {name} SET c{column} = ? WHERE length(c0) % 3 = ?",
                                        (self.value(), r.randrange(3)))
        if self.chance(0.3):
            self.fill(table, r.randint(1, 20))
        if self.chance(0.15):
            self.add_column(table)

    def add_column(self, table):
        default = self.random.choice([None, 0, 7, -1000, "text"])
        literal = "NULL" if default is None else repr(default)
        self.connection.execute(
            f"ALTER TABLE {quoted(table.name)} ADD COLUMN c{table.column_count} DEFAULT {literal}")
        table.added.append((table.column_count, Text(default.encode()) if isinstance(default, str) else default))
        table.column_count += 1
        if self.chance(0.5):
            self.fill(table, self.random.randint(1, 10))

    def generate(self):
        r = self.random
        self.page_size = r.choice(PAGE_SIZES + [512, 512, 512, 1024, 1024, 4096])
        self.has_large_values = self.chance(0.35)
        reserved = r.randint(1, min(255, self.page_size - 480)) if self.chance(0.25) else 0
        auto_vacuum = r.choice([0, 0, 0, 1, 2])
        self.connection = blank(self.page_size, auto_vacuum, reserved)
        self.connection.execute(f"PRAGMA user_version = {self.seed}")
        if self.chance(0.98):
            self.build()
        for statement, probability in (("ANALYZE", 0.1), ("VACUUM", 0.25), ("PRAGMA incremental_vacuum", 0.3)):
            if self.chance(probability):
                self.connection.execute(statement).fetchall()
        return Generated(self.seed, self.connection, self.connection.serialize(), self.page_size, reserved,
                         auto_vacuum, self.tables, self.partial)

    def build(self):
        r = self.random
        self.connection.execute("BEGIN")
        many = self.chance(0.05)
        for number in range(r.randint(20, 60) if many else r.choice([1, 1, 2, 3, 4])):
            wide = self.chance(0.03)
            table = self.create_table(number, r.randint(50, 300) if wide else r.randint(1, 8))
            for _ in range(r.choice([0, 0, 1, 2])):
                self.create_index(table)
            self.fill(table, r.randint(0, 5) if many or wide else self.row_count())
            self.change(table)
            if self.chance(0.2):
                self.create_index(table)
            if self.chance(0.1):
                self.connection.execute(f"CREATE VIEW \"view {number}\" AS SELECT * FROM {quoted(table.name)}")
            if self.chance(0.1):
                self.connection.execute(
                    f"CREATE TRIGGER trigger{number} AFTER INSERT ON {quoted(table.name)} BEGIN SELECT 1; END")
        for name in list(self.tables):
            if self.chance(0.1):
                self.connection.execute(f"DROP VIEW IF EXISTS \"view {list(self.tables).index(name)}\"")
                self.connection.execute(f"DROP TABLE {quoted(name)}")
                del self.tables[name]
        self.connection.execute("COMMIT")


def generate(seed):
    return Generator(seed).generate()
