"""What the real sqlite3 says a database holds, as stored: the expected answers of the probe."""

from dataclasses import dataclass, field

import probe
from databases import quoted
from probe import Text


@dataclass
class Stored:
    """A b-tree: rows of a table, or entries of an index or WITHOUT ROWID table, in order."""

    name: bytes
    header: bytes
    #: ("row", rowid, values) or ("entry", None, values)
    rows: list = field(default_factory=list)
    is_table: bool = True
    has_tree: bool = True
    is_index_tree: bool = False
    #: Columns of the key that descend; None where a collation other than BINARY is in it.
    descending: set | None = None
    #: Whether the schema says DESC or COLLATE somewhere.
    order_is_open: bool = False
    real_columns: set = field(default_factory=set)
    added: dict = field(default_factory=dict)  # column -> default

    @property
    def is_loose(self):
        """Whether SQLite may store other values than it shows."""
        return bool(self.real_columns or self.added)

    def encoded(self):
        if not self.has_tree:
            return self.header
        if self.is_index_tree:
            return self.header + b"".join(probe.encode_entry(values) for _, values in self.rows)
        return self.header + b"".join(probe.encode_row(rowid, values) for rowid, values in self.rows)


def stored(generated):
    """Every object of `sqlite_schema`, in its order."""
    connection = generated.connection
    objects = connection.execute(
        "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY rowid").fetchall()
    table_sql = {name: sql for kind, name, _, _, sql in objects if kind == b"table"}
    for kind, name, table_name, root_page, sql in objects:
        item = Stored(bytes(name), probe.encode_schema(kind, name, table_name, root_page, sql),
                      is_table=kind == b"table", has_tree=kind in (b"table", b"index"))
        if item.has_tree:
            text = ((sql or b"") + b" " + table_sql[table_name]).upper()
            item.order_is_open = b"DESC" in text or b"COLLATE" in text
            table = generated.tables.get(table_name.decode())
            if kind == b"index":
                read_index(connection, item, name.decode(), table_name.decode(), table,
                           generated.partial.get(name.decode()))
            elif table is not None and table.without_rowid:
                indexes = connection.execute(f"PRAGMA index_list({quoted(table.name)})").fetchall()
                (key,) = [row[1] for row in indexes if row[3] == b"pk"]
                read_index(connection, item, key.decode(), table.name, table, None)
            else:
                read_table(connection, item, name.decode(), table)
        yield item


def read_table(connection, item, name, table):
    shown = table.rowid_column if table else None
    for rowid, *values in connection.execute(f"SELECT rowid, * FROM {quoted(name)} ORDER BY rowid"):
        if shown is not None:
            values[shown] = None
        item.rows.append((rowid, values))
    if table:
        item.real_columns = table.real_columns
        item.added = dict(table.added)


def read_index(connection, item, index, table_name, table, where):
    item.is_index_tree = True
    columns = [(cid, bytes(name).decode() if name else "rowid", bool(descending), collation)
               for _, cid, name, descending, collation, _ in connection.execute(f"PRAGMA index_xinfo({quoted(index)})")]
    terms = [f"{quoted(name) if cid >= 0 else name} COLLATE {bytes(collation).decode()}{' DESC' if descending else ''}"
             for cid, name, descending, collation in columns]
    names = [quoted(name) if cid >= 0 else name for cid, name, _, _ in columns]
    query = f"SELECT {', '.join(names)} FROM {quoted(table_name)}"
    if where:
        query += f" WHERE {where}"
    # The order of ORDER BY ends where SQLite's limit on terms does; keys are far shorter.
    item.rows = [(None, list(values)) for values in connection.execute(f"{query} ORDER BY {', '.join(terms[:60])}")]
    if all(bytes(collation) == b"BINARY" for *_, collation in columns):
        item.descending = {at for at, (_, _, descending, _) in enumerate(columns) if descending}
    if table:
        item.real_columns = {at for at, (cid, *_) in enumerate(columns) if cid in table.real_columns}
        if item.is_table:
            position = {cid: at for at, (cid, *_) in enumerate(columns)}
            item.added = {position[column]: default for column, default in table.added}


def same(found, expected, item):
    """Whether a stored row shows as SQLite shows it."""
    missing = range(len(found), len(expected))
    values = list(found) + [item.added.get(column, Missing) for column in missing]
    for column in item.real_columns:
        if column < len(values) and isinstance(values[column], int):
            values[column] = float(values[column])
    return probe.encode_values(values) == probe.encode_values(expected) if Missing not in values else False


class Missing:
    """In place of a value that a record may not leave out."""


# --- SQLite's order of values, written for the tests alone


def value_key(value):
    if value is None:
        return (0,)
    if isinstance(value, (int, float)):
        return (1, value)  # Python compares int and float exactly
    return (2 if isinstance(value, Text) else 3, bytes(value))


def compare(values, key, descending):
    for column, (value, wanted) in enumerate(zip(values, key)):
        a, b = value_key(value), value_key(wanted)
        if a != b:
            less = a < b
            return (1 if less else -1) if column in descending else (-1 if less else 1)
    return 0
