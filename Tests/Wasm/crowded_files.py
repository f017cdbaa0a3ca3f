"""Files in which what is looked for stands behind much else."""

from __future__ import annotations

import sqlite3


def crowded_base(base: bytes, views: int = 0, facts: int = 0) -> bytes:
    """A file whose tables stand behind so many views, and the facts of `meta` behind so many others."""
    source, crowded = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    source.deserialize(base)
    for pragma in ["application_id", "user_version"]:
        crowded.execute(f"PRAGMA {pragma} = {source.execute(f'PRAGMA {pragma}').fetchone()[0]}")
    for view in range(views):
        crowded.execute(f"CREATE VIEW crowd{view} AS SELECT 1")
    for name, sql in source.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall():
        crowded.execute(sql)
        if name == "meta":
            crowded.executemany("INSERT INTO meta VALUES (?, 1)", [(f"fact{fact}",) for fact in range(facts)])
        rows = source.execute(f"SELECT rowid, * FROM {name}").fetchall()
        columns = [column[1] for column in source.execute(f"PRAGMA table_info({name})").fetchall()]
        marks = ", ".join("?" * len(columns))
        crowded.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", [row[1:] for row in rows])
    crowded.commit()
    return crowded.serialize()
