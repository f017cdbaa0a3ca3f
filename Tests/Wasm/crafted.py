"""Hostile files built byte by byte, with the error that each must give."""

import os
import sqlite3
import tempfile
from dataclasses import dataclass

import probe

FILES = {}


@dataclass
class Crafted:
    image: bytes
    #: The kind of the first error, or None where the file is only to be read to an end.
    kind: str | None
    #: Its offset, where it is known by construction.
    offset: int | None = None
    script: bytes = probe.dump()


def crafted(function):
    FILES[function.__name__.replace("_", " ")] = function
    return function


def database(*statements, page_size=512):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"PRAGMA page_size = {page_size}")
    for statement in statements:
        connection.execute(statement)
    image = bytearray(connection.serialize())
    connection.close()
    return image


NUMBERS = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < {}) "


def filled_table(rows=300, value="zeroblob(20)"):
    return database("CREATE TABLE t(a, b)", f"INSERT INTO t {NUMBERS.format(rows)} SELECT i, {value} FROM n")


def with_byte(image, offset, *values):
    image[offset:offset + len(values)] = values
    return image


def put32(image, offset, value):
    image[offset:offset + 4] = value.to_bytes(4, "big")


def root_page(image, name="t"):
    connection = sqlite3.connect(":memory:")
    connection.deserialize(bytes(image))
    return connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]


def varint(value):
    groups = [value >> shift & 0x7F for shift in range(28, -1, -7)]
    return [group | 0x80 for group in groups[:-1]] + groups[-1:]


def start_of(page, page_size=512):
    return (page - 1) * page_size


def first_cell(image, page):
    """Offset in the file of the first cell of a page other than the first."""
    start = start_of(page)
    header = 12 if image[start] in (2, 5) else 8
    return start + int.from_bytes(image[start + header:start + header + 2], "big")


# --- Files of a kind that is not read


@crafted
def utf_16_little_endian():
    return Crafted(database("PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t(a)"), "unsupportedEncoding", 56)


@crafted
def utf_16_big_endian():
    return Crafted(database("PRAGMA encoding = 'UTF-16be'", "CREATE TABLE t(a)"), "unsupportedEncoding", 56)


@crafted
def write_ahead_log():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wal.sqlite")
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t(a)")
        connection.close()
        with open(path, "rb") as file:
            return Crafted(file.read(), "walMode", 18)


@crafted
def text_file():
    return Crafted(b"id,name\n" * 100, "notADatabase", 0)


@crafted
def unknown_write_version():
    return Crafted(with_byte(filled_table(), 18, 3), "unsupportedVersion", 18)


@crafted
def unknown_read_version():
    return Crafted(with_byte(filled_table(), 19, 0), "unsupportedVersion", 19)


@crafted
def unknown_schema_format():
    return Crafted(with_byte(filled_table(), 47, 5), "unsupportedVersion", 44)


@crafted
def page_size_no_power_of_two():
    return Crafted(with_byte(filled_table(), 16, 3, 0), "invalidPageSize", 16)


@crafted
def page_size_too_small():
    return Crafted(with_byte(filled_table(), 16, 1, 0), "invalidPageSize", 16)


@crafted
def page_size_zero():
    return Crafted(with_byte(filled_table(), 16, 0, 0), "invalidPageSize", 16)


@crafted
def too_many_reserved_bytes():
    return Crafted(with_byte(filled_table(), 20, 33), "malformedHeader", 20)


@crafted
def payload_fraction():
    return Crafted(with_byte(filled_table(), 22, 33), "malformedHeader", 21)


@crafted
def more_pages_in_the_header_than_in_the_file():
    image = filled_table()
    put32(image, 28, len(image) // 512 + 1)
    return Crafted(image, "truncated", len(image))


# --- Files that run in a circle


@crafted
def root_is_its_own_right_child():
    image = filled_table()
    root = root_page(image)
    put32(image, start_of(root) + 8, root)
    return Crafted(image, "cycle")


@crafted
def root_is_its_own_first_child():
    image = filled_table()
    root = root_page(image)
    put32(image, first_cell(image, root), root)
    return Crafted(image, "cycle")


@crafted
def search_runs_into_a_circle():
    image = filled_table()
    root = root_page(image)
    put32(image, start_of(root) + 8, root)
    return Crafted(image, "cycle", script=probe.find_row(b"t", 2**62))


@crafted
def grandchild_is_the_root():
    image = filled_table(6000)
    root = root_page(image)
    child = int.from_bytes(image[first_cell(image, root):][:4], "big")
    assert image[start_of(child)] == 5, "a tree of three levels"
    put32(image, first_cell(image, child), root)
    return Crafted(image, "cycle")


@crafted
def index_in_a_circle():
    image = database("CREATE TABLE t(a)", "CREATE INDEX i ON t(a)",
                     f"INSERT INTO t {NUMBERS.format(300)} SELECT 'some longer text ' || i FROM n")
    root = root_page(image, "i")
    put32(image, start_of(root) + 8, root)
    return Crafted(image, "cycle")


@crafted
def every_child_is_the_same_page():
    """Twenty levels with sixty ways down from each: 60 to the power of 19 visits, were they not counted."""
    image = database("CREATE TABLE t(a)")
    root, levels, cells = 2, 20, 60
    for page in range(root, root + levels):
        body = bytearray(512)
        is_leaf = page == root + levels - 1
        cell = 512 - 5
        kind, count = (13, 1) if is_leaf else (5, cells)
        body[:12] = bytes([kind, 0, 0, 0, count, 1, 0, 0]) + (page + 1).to_bytes(4, "big")
        body[cell:cell + 5] = (page + 1).to_bytes(4, "big") + b"\x05"
        if not is_leaf:
            body[12:12 + 2 * cells] = cell.to_bytes(2, "big") * cells
        else:
            body[8:10] = cell.to_bytes(2, "big")
            body[cell:cell + 5] = b"\x02\x01\x02\x00\x00"  # row 1, one NULL
        image[start_of(page):start_of(page) + 512] = body
    put32(image, 28, len(image) // 512)
    return Crafted(image, "cycle")


@crafted
def empty_leaf_below_a_root():
    """Walks of few rows enter few pages: a tree of nothing but such leaves would be as long as the file."""
    image = database("CREATE TABLE t(a)")
    image += bytes(512)
    image[start_of(2):start_of(2) + 12] = bytes([5, 0, 0, 0, 0, 2, 0, 0]) + (3).to_bytes(4, "big")
    image[start_of(3):start_of(3) + 8] = bytes([13, 0, 0, 0, 0, 2, 0, 0])
    put32(image, 28, len(image) // 512)
    return Crafted(image, "malformedPage", start_of(3))


@crafted
def tree_of_too_many_levels():
    image = database("CREATE TABLE t(a)")
    for page in range(2, 50):
        body = bytearray(512)
        body[:12] = bytes([5, 0, 0, 0, 0, 1, 0, 0]) + (page + 1).to_bytes(4, "big")
        image[start_of(page):start_of(page) + 512] = body
    put32(image, 28, len(image) // 512)
    return Crafted(image, "cycle", start_of(22))


# --- Overflow chains


def spilled(size=5000):
    """A table of one row with a long BLOB; gives the image and the offset of the chain's first page number."""
    image = database("CREATE TABLE t(a)", f"INSERT INTO t VALUES (zeroblob({size}))")
    cell = first_cell(image, root_page(image))
    payload = size + 3  # record header: its size, a serial type of two bytes
    local = (512 - 12) * 32 // 255 - 23
    filling = local + (payload - local) % 508
    return image, cell + 3 + (filling if filling <= 512 - 35 else local)


@crafted
def chain_in_a_circle():
    image, link = spilled()
    page = int.from_bytes(image[link:link + 4], "big")
    assert page == 3, "the link is where the format puts it"
    put32(image, start_of(page), page)
    return Crafted(image, "overflowChain", link)


@crafted
def chain_ends_early():
    image, link = spilled()
    put32(image, start_of(4), 0)
    return Crafted(image, "overflowChain", link)


@crafted
def chain_goes_on():
    image, link = spilled()
    put32(image, start_of(len(image) // 512), 3)
    return Crafted(image, "overflowChain", link)


@crafted
def chain_leaves_the_file():
    image, _ = spilled()
    put32(image, start_of(5), 1000)
    return Crafted(image, "pageOutOfRange", start_of(1000))


@crafted
def chain_is_the_first_page():
    image, link = spilled()
    put32(image, link, 1)
    return Crafted(image, "overflowChain", link)


@crafted
def many_cells_share_one_long_chain():
    """A scan that read the chain for every cell would take the square of the file's size."""
    image, _ = spilled(100_000)
    start = start_of(root_page(image))
    cell = image[start + 8:start + 10]
    count = (int.from_bytes(cell, "big") - 8) // 2
    assert count > 20
    image[start + 3:start + 5] = count.to_bytes(2, "big")
    image[start + 8:start + 8 + 2 * count] = cell * count
    return Crafted(image, "overflowChain")


# --- Pages, cells and records


def one_row(*values):
    image = database("CREATE TABLE t(a, b)", f"INSERT INTO t VALUES ({', '.join(values)})")
    return image, first_cell(image, root_page(image))


@crafted
def payload_of_2_to_the_63():
    image, cell = one_row("1000", "zeroblob(40)")
    return Crafted(with_byte(image, cell, *[0xFF] * 9), "malformedCell", start_of(2) + 8)


@crafted
def payload_of_2_to_the_31():
    image, cell = one_row("1000", "zeroblob(40)")
    return Crafted(with_byte(image, cell, 0x88, 0x80, 0x80, 0x80, 0), "malformedCell", start_of(2) + 8)


@crafted
def payload_longer_than_the_file():
    # Of this size the format keeps 39 bytes on the page; 508 go on each of four million others.
    image, cell = one_row("1000", "zeroblob(400)")
    return Crafted(with_byte(image, cell, *varint(39 + 508 * 4_000_000), 1), "overflowChain")


@crafted
def payload_beyond_the_page():
    image, cell = one_row("1000", "zeroblob(40)")
    return Crafted(with_byte(image, cell, 100), "malformedCell", start_of(2) + 8)


@crafted
def record_header_beyond_the_payload():
    image, cell = one_row("1000", "2000")
    return Crafted(with_byte(image, cell + 2, 100), "malformedRecord", cell + 2)


@crafted
def record_header_of_no_bytes():
    image, cell = one_row("1000", "2000")
    return Crafted(with_byte(image, cell + 2, 0), "malformedRecord", cell + 2)


@crafted
def reserved_serial_type_10():
    image, cell = one_row("1000", "2000")
    return Crafted(with_byte(image, cell + 3, 10), "malformedRecord", cell + 2)


@crafted
def reserved_serial_type_11():
    image, cell = one_row("1000", "2000")
    return Crafted(with_byte(image, cell + 4, 11), "malformedRecord", cell + 2)


@crafted
def value_beyond_the_payload():
    image, cell = one_row("1000", "2000")
    return Crafted(with_byte(image, cell + 4, 6), "malformedRecord", cell + 2)


@crafted
def serial_type_of_2_to_the_64():
    image, cell = one_row("1000", "zeroblob(40)")
    return Crafted(with_byte(image, cell + 2, 11, 1, *[0xFF] * 9), "malformedRecord", cell + 2)


@crafted
def page_of_no_kind():
    image, _ = one_row("1", "2")
    return Crafted(with_byte(image, start_of(2), 7), "malformedPage", start_of(2))


@crafted
def more_cells_than_fit():
    image, _ = one_row("1", "2")
    return Crafted(with_byte(image, start_of(2) + 3, 0xFF, 0xFF), "malformedPage", start_of(2) + 3)


@crafted
def cell_pointer_into_the_page_header():
    image, _ = one_row("1", "2")
    return Crafted(with_byte(image, start_of(2) + 8, 0, 3), "malformedCell", start_of(2) + 8)


@crafted
def cell_pointer_beyond_the_page():
    image, _ = one_row("1", "2")
    return Crafted(with_byte(image, start_of(2) + 8, 0xFF, 0xFF), "malformedCell", start_of(2) + 8)


@crafted
def index_page_in_a_table():
    image = filled_table()
    child = int.from_bytes(image[first_cell(image, root_page(image)):][:4], "big")
    return Crafted(with_byte(image, start_of(child), 10), "wrongTree", start_of(child),
                   script=probe.find_rows(b"t", 1, 1000))


@crafted
def child_beyond_the_file():
    image = filled_table()
    put32(image, start_of(root_page(image)) + 8, 0xFFFF_FFFF)
    return Crafted(image, "pageOutOfRange", 0xFFFF_FFFE * 512)


@crafted
def schema_of_an_unknown_type():
    image = database("CREATE TABLE t(a)")
    at = image.index(b"tablett")
    return Crafted(with_byte(image, at, *b"tabel"), "malformedSchema")


@crafted
def root_page_is_a_real_number():
    image = database("CREATE TABLE t(a)", "PRAGMA writable_schema = 1",
                     "UPDATE sqlite_schema SET rootpage = 2.5")
    return Crafted(image, "malformedSchema")


@crafted
def root_page_beyond_32_bits():
    image = database("CREATE TABLE t(a)", "PRAGMA writable_schema = 1",
                     "UPDATE sqlite_schema SET rootpage = 4294967298")
    return Crafted(image, "malformedSchema")


@crafted
def index_of_no_table():
    image = database("CREATE TABLE t(a)", "CREATE INDEX i ON t(a)", "PRAGMA writable_schema = 1",
                     "UPDATE sqlite_schema SET tbl_name = 'x' WHERE name = 'i'")
    return Crafted(image, "malformedSchema")
