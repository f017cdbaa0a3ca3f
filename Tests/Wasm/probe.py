"""Runs the probe natively and in wasm32, with the same commands, and takes its answers apart.

The byte layouts of commands and answers stand in Tests/Probe/SQLiteProbe.swift and Tests/Probe/Answer.swift.
"""

import ctypes
import mmap
import struct
from dataclasses import dataclass

from fuel import instance

ANSWER_CAPACITY = 1 << 20
DID_NOT_FIT = 0xFFFFFFFF


class NativeProbe:
    """The probe as a shared library. A file's last byte stands before a page without access, so that a read
    beyond its end kills the process."""

    name = "native"

    def __init__(self, path):
        library = ctypes.CDLL(str(path))
        self._run = library.probe_sqlite
        self._run.restype = ctypes.c_uint32
        pointer, size = ctypes.c_void_p, ctypes.c_uint32
        self._run.argtypes = [pointer, size, pointer, size, pointer, size]
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        self._reserve_file(1 << 20)
        self._reserve_answer(ANSWER_CAPACITY)

    def run(self, file, script, *, grow=True):
        """The answer's bytes, or None where they did not fit and must not grow."""
        if len(file) > self._file_capacity:
            self._reserve_file(2 * len(file))
        start = self._guard - len(file)
        ctypes.memmove(start, bytes(file), len(file))
        while True:
            count = self._run(start, len(file), script, len(script), self._answer, len(self._answer))
            if count != DID_NOT_FIT:
                return self._answer[:count]
            if not grow:
                return None
            self._reserve_answer(4 * len(self._answer))

    def _reserve_file(self, capacity):
        capacity = -(-capacity // mmap.PAGESIZE) * mmap.PAGESIZE
        self._mapping = mmap.mmap(-1, capacity + mmap.PAGESIZE)
        self._file_capacity = capacity
        self._guard = ctypes.addressof(ctypes.c_char.from_buffer(self._mapping)) + capacity
        if self._libc.mprotect(self._guard, mmap.PAGESIZE, 0) != 0:
            raise OSError(ctypes.get_errno(), "mprotect")

    def _reserve_answer(self, capacity):
        self._answer = (ctypes.c_char * capacity)()


class WasmProbe:
    """The probe as a wasm32 reactor. Fuel bounds each run: a hang is a trap."""

    name = "wasm32"

    def __init__(self, path, fuel=2_000_000_000):
        self._fuel = fuel
        self._store, exports = instance(path, fuel)
        self.memory = exports["memory"]
        self._allocate, self._free, self._run = (
            exports["probe_allocate"], exports["probe_free"], exports["probe_sqlite"])
        self._blocks = {}
        self.fuel_used_max = 0

    def run(self, file, script, *, grow=True):
        """The answer's bytes, or None where they did not fit and must not grow."""
        capacity = self._blocks.get("answer", (0, ANSWER_CAPACITY))[1]
        while True:
            places = self._block("file", len(file)), self._block("script", len(script))
            answer = self._block("answer", capacity)
            self.memory.write(self._store, file, places[0])
            self.memory.write(self._store, script, places[1])
            self._store.set_fuel(self._fuel)
            count = self._run(self._store, places[0], len(file), places[1], len(script), answer, capacity)
            self.fuel_used_max = max(self.fuel_used_max, self._fuel - self._store.get_fuel())
            if count & DID_NOT_FIT != DID_NOT_FIT:
                return bytes(self.memory.read(self._store, answer, answer + count))
            if not grow:
                return None
            capacity *= 4

    @property
    def memory_size(self):
        return self.memory.data_len(self._store)

    def _block(self, name, size):
        address, capacity = self._blocks.get(name, (0, -1))
        if size > capacity:
            if address:
                self._free(self._store, address)
            capacity = max(2 * size, 1 << 16) if name != "answer" else size
            address = self._allocate(self._store, capacity) & 0xFFFFFFFF
            self._blocks[name] = (address, capacity)
        return address


# --- Values


class Text(bytes):
    """UTF-8 bytes of a TEXT value, told apart from a BLOB; not decoded, as a file may hold any bytes."""


def encode_value(value):
    if value is None:
        return b"\x00"
    if isinstance(value, int):
        return b"\x01" + value.to_bytes(8, "little", signed=True)
    if isinstance(value, float):
        return b"\x02" + struct.pack("<d", value)
    tag = b"\x03" if isinstance(value, Text) else b"\x04"
    return tag + len(value).to_bytes(4, "little") + value


def encode_values(values):
    return b"".join(map(encode_value, values)) + b"\xff"


def encode_row(rowid, values):
    return b"r" + rowid.to_bytes(8, "little", signed=True) + encode_values(values)


def encode_entry(values):
    return b"k" + encode_values(values)


def sized(data):
    return len(data).to_bytes(4, "little") + data


SCHEMA_KINDS = {b"table": 0, b"index": 1, b"view": 2, b"trigger": 3}


def encode_schema(kind, name, table_name, root_page, sql):
    return (b"S" + bytes([SCHEMA_KINDS[kind]]) + sized(name) + sized(table_name)
            + (root_page or 0).to_bytes(4, "little") + sized(sql or b""))


# --- Commands


def dump():
    return b"D"


def find_row(table, rowid):
    return b"r" + sized(table) + rowid.to_bytes(8, "little", signed=True)


def find_rows(table, rowid, limit):
    return b"R" + sized(table) + rowid.to_bytes(8, "little", signed=True) + limit.to_bytes(4, "little")


def find_blob(table, rowid, column):
    return b"b" + sized(table) + rowid.to_bytes(8, "little", signed=True) + column.to_bytes(4, "little")


def find_entries(name, key, limit, *, is_table=False, descending=None, only_matching=False):
    """`descending` is the set of columns sorted that way; None leaves the order to the schema."""
    mask = sum(1 << column for column in descending or ())
    return (b"M" if only_matching else b"K") + bytes([is_table]) + sized(name) + bytes([descending is not None]) + (
        mask.to_bytes(8, "little") + limit.to_bytes(4, "little") + encode_values(key))


# --- Answers


@dataclass
class Failure:
    kind: str
    offset: int


@dataclass
class Row:
    """`rowid` is None for an entry of an index; `raw` is the row as it stands in the answer."""

    rowid: int | None
    values: list
    raw: bytes


def encode_failure(kind, offset):
    return b"E" + sized(kind.encode()) + offset.to_bytes(8, "little")


def items(answer):
    """Takes an answer apart: Row, Failure, ("schema", kind, name), ("blob", bytes), "absent" and "end" items.

    A row that an error cut short is left out: the Failure follows.
    """
    position, end = 0, len(answer)

    def take(count):
        nonlocal position
        assert position + count <= end, "the answer ends too early"
        position += count
        return answer[position - count:position]

    def number(count):
        return int.from_bytes(take(count), "little")

    while position < end:
        start = position
        tag = take(1)
        if tag in b"rk":
            rowid = struct.unpack("<q", take(8))[0] if tag == b"r" else None
            values = []
            while (kind := answer[position]) <= 4:
                position += 1
                if kind == 0:
                    values.append(None)
                elif kind == 1:
                    values.append(struct.unpack("<q", take(8))[0])
                elif kind == 2:
                    values.append(struct.unpack("<d", take(8))[0])
                else:
                    data = take(number(4))
                    values.append(Text(data) if kind == 3 else data)
            if kind == 0xFF:
                position += 1
                yield Row(rowid, values, answer[start:position])
            else:
                assert kind == ord("E"), f"no tag of a value: {kind}"
        elif tag == b"S":
            kind, name = number(1), take(number(4))
            take(number(4)), number(4), take(number(4))
            yield "schema", kind, name
        elif tag == b"E":
            kind = take(number(4)).decode()
            yield Failure(kind, number(8))
        elif tag == b"b":
            yield "blob", take(number(4))
        elif tag == b"n":
            yield "absent"
        else:
            assert tag == b".", f"no tag of an item: {tag}"
            yield "end"
