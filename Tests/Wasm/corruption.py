"""Files that no SQLite wrote: truncated, mutated and crafted ones, each made again by its number.

Run as a program it reads them all natively, so that a crash ends this process and not the tests':

    python corruption.py libprobe.so      prints for each case its number and the checksum of the answer
"""

import random
import sys
import zlib
from dataclasses import dataclass
from functools import cache

import probe
from databases import generate
from oracle import stored

BASES = 60
MUTATIONS = 24000
IMAGE_SIZE_MAX = 160_000


@dataclass
class Case:
    name: str
    image: bytes
    script: bytes


@cache
def bases():
    """Small databases of many kinds, each with look-ups that fit it."""
    chosen, seed = [], 100_000
    while len(chosen) < BASES:
        generated = generate(seed)
        seed += 1
        if generated.tables and len(generated.image) <= IMAGE_SIZE_MAX:
            chosen.append((generated.image, generated.page_size, script(random.Random(seed), list(stored(generated)))))
        generated.connection.close()
    return chosen


def script(r, objects):
    commands = [probe.dump()]
    trees = [item for item in objects if item.has_tree and item.rows]
    for item in r.sample(trees, min(4, len(trees))):
        rowid, values = r.choice(item.rows)
        if item.is_index_tree:
            commands.append(probe.find_entries(item.name, values[:2], 5, is_table=item.is_table, descending=set()))
            commands.append(probe.find_entries(item.name, values[:1], 5, is_table=item.is_table, descending=set(),
                                               only_matching=True))
        else:
            commands += [probe.find_row(item.name, rowid), probe.find_rows(item.name, rowid, 20),
                         probe.find_blob(item.name, rowid, r.randrange(len(values)))]
    return b"".join(commands)


# --- Truncated


def truncations():
    for number, (image, page_size, commands) in enumerate(bases()):
        r = random.Random(number)
        lengths = {*range(0, 130, 1 + number % 7), page_size - 1, len(image) - 1, len(image) - page_size}
        lengths |= {r.randrange(len(image)) for _ in range(20)}
        for length in sorted(length for length in lengths if 0 <= length < len(image)):
            yield Case(f"base {number} cut to {length} bytes", image[:length], commands)


# --- Mutated


def mutations():
    for number in range(MUTATIONS):
        r = random.Random(number)
        image, page_size, commands = r.choice(bases())
        mutated = bytearray(image)
        for _ in range(r.choice([1, 1, 1, 2, 4, 16])):
            r.choice(MUTATORS)(r, mutated, page_size)
        if r.random() < 0.9:  # else the header's page count is not trusted
            mutated[24:28] = mutated[92:96] = image[24:28]
        yield Case(f"mutation {number}", bytes(mutated), commands)


def flip_bit(r, image, page_size):
    image[r.randrange(len(image))] ^= 1 << r.randrange(8)


def set_byte(r, image, page_size):
    image[r.randrange(len(image))] = r.choice([0, 1, 2, 0x0D, 0x7F, 0x80, 0xFF, r.randrange(256)])


def set_run(r, image, page_size):
    start = r.randrange(len(image))
    length = min(r.randint(1, 40), len(image) - start)
    image[start:start + length] = r.choice([bytes(length), b"\xff" * length, r.randbytes(length)])


def page_start(r, image, page_size):
    page = r.randrange(len(image) // page_size)
    return page * page_size + (100 if page == 0 else 0)


def flip_file_header(r, image, page_size):
    image[r.randrange(16, 100)] ^= 1 << r.randrange(8)


def set_page_header(r, image, page_size):
    image[page_start(r, image, page_size) + r.randrange(12)] = r.choice([0, 1, 2, 5, 10, 13, 0x80, 0xFF])


def set_cell_pointer(r, image, page_size):
    start = page_start(r, image, page_size)
    at = start + r.choice([8, 12]) + 2 * r.randrange(1 + min(60, image[start + 4]))
    image[at:at + 2] = r.randrange(min(page_size, 65536)).to_bytes(2, "big")


def set_cell(r, image, page_size):
    """The first bytes of a cell: child page, payload size, rowid, record header."""
    start = page_start(r, image, page_size)
    pointer = start + r.choice([8, 12]) + 2 * r.randrange(1 + min(60, image[start + 4]))
    cell = start - start % page_size + int.from_bytes(image[pointer:pointer + 2], "big") + r.randrange(12)
    if cell < len(image):
        image[cell] = r.choice([0, 1, 10, 11, 0x7F, 0x80, 0x81, 0xFF, r.randrange(256)])


def set_child(r, image, page_size):
    """A page number in the rightmost child, the first cell or the head of an overflow page."""
    start = page_start(r, image, page_size)
    first_cell = start - start % page_size + int.from_bytes(image[start + 12:start + 14], "big")
    at = min(r.choice([start, start + 8, first_cell]), len(image) - 4)
    image[at:at + 4] = r.randrange(len(image) // page_size + 2).to_bytes(4, "big")


def copy_page(r, image, page_size):
    pages = len(image) // page_size
    source, target = r.randrange(pages) * page_size, r.randrange(pages) * page_size
    image[target:target + page_size] = image[source:source + page_size]


MUTATORS = [flip_bit, flip_bit, flip_bit, set_byte, set_run, flip_file_header, set_page_header, set_cell_pointer,
            set_cell, set_cell, set_child, set_child, copy_page]


def cases():
    import crafted

    for name, item in crafted.FILES.items():
        yield Case(name, item().image, item().script)
    yield from truncations()
    yield from mutations()


def checksum(answer):
    return "none" if answer is None else f"{zlib.crc32(answer):08x}"


def main():
    native = probe.NativeProbe(sys.argv[1])
    for number, case in enumerate(cases()):
        # The number first: after a crash it is the last word.
        sys.stdout.write(f"{number}")
        sys.stdout.flush()
        sys.stdout.write(f" {checksum(native.run(case.image, case.script, grow=False))}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
