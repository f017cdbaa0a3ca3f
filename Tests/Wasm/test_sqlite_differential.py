"""The reader against the real sqlite3, natively and in wasm32: every row of every table and index of thousands of
generated databases, then look-ups and ranges, present and absent."""

import random

import pytest

import oracle
import probe
from databases import PAGE_SIZES, generate

DATABASES = 3000
BLOCK = 100


@pytest.mark.parametrize("first", range(0, DATABASES, BLOCK))
def test_generated_databases(first, engines, figures):
    seen = set()
    for seed in range(first, first + BLOCK):
        generated = generate(seed)
        objects = list(oracle.stored(generated))
        answers = {engine.name: engine.run(generated.image, probe.dump()) for engine in engines}
        for name, answer in answers.items():
            trees = check_dump(answer, objects, f"seed {seed}, {name}")
        script, expected = lookups(random.Random(seed), objects, trees, generated)
        for engine in engines:
            check_lookups(engine.run(generated.image, script), expected, f"seed {seed}, {engine.name}")
        generated.connection.close()
        seen |= features(generated, objects, trees)
        figures["databases compared, in each engine"] += 1
        figures["objects compared, in each engine"] += len(objects)
        figures["rows and index entries compared, in each engine"] += sum(len(rows) for rows in trees.values())
        figures["look-ups and ranges compared, in each engine"] += len(expected)
        figures["bytes of databases"] += len(generated.image)
    assert seen >= FEATURES, "every block of databases holds every feature"


FEATURES = {("page size", size) for size in PAGE_SIZES} | {
    "reserved bytes", "pointer map", "WITHOUT ROWID", "overflow", "stored otherwise", "no rows", "descending", "views"}


def features(generated, objects, trees):
    present = {
        "reserved bytes": generated.reserved > 0,
        "pointer map": generated.auto_vacuum > 0,
        "WITHOUT ROWID": any(table.without_rowid for table in generated.tables.values()),
        "overflow": any(record_size(values) > generated.page_size for rows in trees.values() for _, values, _ in rows),
        "stored otherwise": any(item.is_loose for item in objects),
        "no rows": any(not rows for rows in trees.values()),
        "descending": any(item.descending for item in objects),
        "views": any(not item.has_tree for item in objects),
    }
    return {("page size", generated.page_size)} | {name for name, is_there in present.items() if is_there}


def check_dump(answer, objects, place):
    """Compares a dump with sqlite3 and gives the rows as stored: (rowid, values, bytes in the answer) by object."""
    encoded = [item.encoded() for item in objects]
    if answer == b"".join(encoded) + b".":
        return {item.header: as_expected(item) for item in objects if item.has_tree}
    groups, rows = [], None
    for found in probe.items(answer):
        assert not isinstance(found, probe.Failure), f"{place}: {found}"
        if isinstance(found, probe.Row):
            rows.append(found)
        elif found != "end":
            rows = []
            groups.append((found, rows))
    assert [found[2] for found, _ in groups] == [item.name for item in objects], f"{place}: objects"
    for (_, rows), item in zip(groups, objects):
        where = f"{place}: {item.name}"
        assert len(rows) == len(item.rows), f"{where}: number of rows"
        for number, (row, (rowid, values)) in enumerate(zip(rows, item.rows)):
            assert row.rowid == rowid, f"{where}: row {number}"
            assert oracle.same(row.values, values, item), f"{where}: row {number}: {row.values} is not {values}"
    assert any(item.is_loose for item in objects), f"{place}: the schema is not the same"
    return {item.header: [(row.rowid, row.values, row.raw) for row in rows]
            for (_, rows), item in zip(groups, objects) if item.has_tree}


def as_expected(item):
    if item.is_index_tree:
        return [(None, values, probe.encode_entry(values)) for _, values in item.rows]
    return [(rowid, values, probe.encode_row(rowid, values)) for rowid, values in item.rows]


# --- Look-ups


def lookups(r, objects, trees, generated):
    """A script of look-ups and the answer that each must get."""
    commands, expected = [], []

    def ask(command, answer):
        commands.append(command)
        expected.append(answer)

    candidates = [item for item in objects if item.has_tree]
    for item in r.sample(candidates, min(4, len(candidates))):
        rows = trees[item.header]
        if item.is_index_tree:
            ask_index(r, ask, item, rows)
        else:
            ask_table(r, ask, item, rows, generated)
    ask(probe.find_row(b"no such table", 1), b"n")
    return b"".join(commands), expected


def ask_table(r, ask, item, rows, generated):
    name = swap_case(r, item.name)
    by_rowid = {rowid: (values, raw) for rowid, values, raw in rows}
    present = r.sample(sorted(by_rowid), min(4, len(by_rowid)))
    others = [rowid + r.choice([-1, 1]) for rowid in present] + [-(2**63), 2**63 - 1, r.randint(-10000, 10000)]
    for rowid in present + [rowid for rowid in others if -(2**63) <= rowid < 2**63]:
        ask(probe.find_row(name, rowid), by_rowid[rowid][1] if rowid in by_rowid else b"n")
        limit = r.choice([1, 3, 10])
        following = [raw for found, _, raw in rows if found >= rowid][:limit]
        ask(probe.find_rows(name, rowid, limit), b"".join(following))
    for rowid in present[:2]:
        values = by_rowid[rowid][0]
        column = r.randrange(len(values) + 1)
        ask(probe.find_blob(name, rowid, column), blob_answer(values, column, generated))


def blob_answer(values, column, generated):
    """In place while the record fits the page: at most the usable size less 35 bytes."""
    if record_size(values) > generated.page_size - generated.reserved - 35:
        return probe.Failure("notInPlace", 0)
    if column >= len(values) or isinstance(values[column], probe.Text) or not isinstance(values[column], bytes):
        return probe.Failure("notABlob", 0)
    return b"b" + probe.sized(values[column])


def record_size(values):
    """The size of a record by the format's rules."""
    header, body = 0, 0
    for value in values:
        code = 0
        if isinstance(value, int):
            body += integer_size(value)
        elif isinstance(value, float):
            body += 8
        elif value is not None:
            code = 12 + 2 * len(value) + isinstance(value, probe.Text)
            body += len(value)
        header += varint_size(code)
    size = header + 1
    return header + varint_size(size if varint_size(size) == 1 else size + 1) + body


def integer_size(value):
    if value in (0, 1):
        return 0
    return next(width for width in (1, 2, 3, 4, 6, 8) if -(1 << 8 * width - 1) <= value < 1 << 8 * width - 1)


def varint_size(value):
    return max(1, -(-value.bit_length() // 7))


def ask_index(r, ask, item, rows):
    if item.descending is None:
        return ask(probe.find_entries(item.name, [1], 1, is_table=item.is_table), probe.Failure("unknownKeyOrder", 0)
                   if rows else b"")
    if item.order_is_open and rows:
        ask(probe.find_entries(item.name, [None], 1, is_table=item.is_table), probe.Failure("unknownKeyOrder", 0))
    keys = [values[:r.randint(1, len(values))] for _, values, _ in r.sample(rows, min(4, len(rows)))]
    keys += [[near(r, key[0]), *key[1:]] for key in keys] + [[None], [-(2**63)], [2.0**63], [b"\xff" * 9], []]
    for key in keys:
        order = item.descending if item.order_is_open else r.choice([None, item.descending])
        limit = r.choice([1, 3, 10])
        compared = [(oracle.compare(values, key, item.descending), raw) for _, values, raw in rows]
        assert [c for c, _ in compared] == sorted(c for c, _ in compared), "the oracle's own order"
        ask(probe.find_entries(item.name, key, limit, is_table=item.is_table, descending=order),
            b"".join([raw for difference, raw in compared if difference >= 0][:limit]))
        ask(probe.find_entries(item.name, key, 1000, is_table=item.is_table, descending=order, only_matching=True),
            b"".join([raw for difference, raw in compared if difference == 0][:1000]))


def near(r, value):
    """A value that is close to `value` in the order, or of another type."""
    if isinstance(value, int) and abs(value) < 2**63 - 1:
        return r.choice([value + 1, value - 1, float(value), value + 0.5])
    if isinstance(value, float) and abs(value) < 2.0**62:
        return r.choice([int(value), -value, value + 0.5])
    if isinstance(value, probe.Text):
        return probe.Text(r.choice([value[:-1], value + b"\x00", value + b"a"]))
    if isinstance(value, bytes):
        return r.choice([value[:-1], value + b"\x00", probe.Text(value)])
    return 0


def swap_case(r, name):
    """ASCII letters in another case: names are equal without it."""
    return bytes(c ^ 0x20 if (0x41 <= c & 0xDF <= 0x5A and r.random() < 0.5) else c for c in name)


def check_lookups(answer, expected, place):
    position = 0
    for number, wanted in enumerate(expected):
        if isinstance(wanted, probe.Failure):
            (failure, *_) = probe.items(answer[position:])
            assert isinstance(failure, probe.Failure) and failure.kind == wanted.kind, f"{place}: look-up {number}"
            wanted = probe.encode_failure(failure.kind, failure.offset)
        wanted += b"."
        assert answer[position:position + len(wanted)] == wanted, f"{place}: look-up {number}"
        position += len(wanted)
    assert position == len(answer), f"{place}: more answers than look-ups"
