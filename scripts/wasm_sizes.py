#!/usr/bin/env python3
"""Bytes of a wasm module by target, against a budget for each: reads the map that wasm-ld writes while linking.

    scripts/wasm_sizes.py dist/scorer.wasm .build-wasm/scorer.map [--functions 20]
    scripts/wasm_sizes.py dist/scorer.wasm .build-wasm/apart.map --features

Exit status 1 where a target or the whole is over its budget.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

BUDGET_BYTES = {
    "EdgeService": 32_700,
    "SQLiteReader": 7_800,
    "Recommender": 52_500,
    "JSONText": 6_700,
    "Bytes": 3_000,
    "Digest": 1_750,
    "Session": 3_200,
    "SnapshotFormat": 1_900,
    "EdgeModule": 1_900,
    "EdgeRuntime": 700,
    "SIMDKernels": 600,
    "Swift runtime": 600,
    "texts and tables": 6_600,
}
"""What the linker puts into the module under a target's names, before wasm-opt. The scorer is optimised as a whole: a
function that is called from one place counts where it is called, so a target's share moves with its callers."""

MODULE_BUDGET_BYTES = 105_100
COMPRESSED_BUDGET_BYTES = 46_200

FEATURES = {
    "rules": r"Rule|Offer|decodedKey|segmentList|remember",
    "control, placements": r"Selection\.|Adjustment|Filter\.|Recipe|Control|Placement|hundredths|\.boost|\.pin\(|\.adjust"
    r"|exclude|selectShortlist|restrict|refuse\(_:withGroup|addPins|Service\.(price|cap|key)\(",
    "search": r"Search|Terms?\.|TermIndex|TermPostings|\.search\(|putMatchesFirst|queryName|OverflowBuffer|IndexCursor",
    "users' rows": r"UserHistory|HMAC|SHA256|userRow|istory",
    "sessions": r"SessionStore|Profile|Mark|SessionToken|TokenReader|Base64URL|Session\.|(show|delete|keep|forget|read)Session"
    r"|Visit|Cookie|hexadecimal|Recommender\.expire",
    "segments": r"Segment",
    "events": r"EventBody|EventMembers|EventType|Service\.events|Signal|Dwell",
    "ranker": r"Ranker|FeatureTable|Feature\.|SourceParts|martlet_add_tree",
    "reading SQLite and snapshots": r"Cursor|BTreePage|Record|SerialType|Database|FileHeader|Varint|SQLite|Meta\.|Rows?\."
    r"|Snapshot|BlockDirectory|ColumnBlocks|Table\.|PageSource|Cell|RegionLifts|Column",
    "HTTP and JSON": r"HTTP|JSON|Problem|Reply|QueryParameters|CommaSeparated|ByteWriter|ByteView|Service\.(route|handle|write)",
}
"""What belongs to a part of the product, by demangled name; the first that fits counts."""

# Address, file offset and size in hex, then a section, or an input `object:(name)`; symbols stand below their input.
LINE = re.compile(r"\s*\S+\s+[0-9a-f]+\s+([0-9a-f]+)\s+(.+)")
INPUT = re.compile(r"(?:.*/)?([^/:]+):\((.*)\)")
OBJECT_TARGETS = {"dot.c.o": "SIMDKernels", "trees.c.o": "SIMDKernels", "runtime.c.o": "EdgeRuntime"}


def target_of(object_name: str, symbol: str) -> str:
    """The target whose name a symbol carries: its first module, or the one that extends another's type."""
    if object_name in OBJECT_TARGETS:
        return OBJECT_TARGETS[object_name]
    if symbol.startswith(".") or not symbol.isprintable():
        return "texts and tables"
    if "martlet" in symbol:
        return "EdgeModule"
    found = [name for name in BUDGET_BYTES if f"{len(name)}{name}" in symbol]
    extending = [name for name in found if f"{len(name)}{name}E" in symbol]
    return extending[-1] if extending else min(found, key=symbol.index) if found else "Swift runtime"


def bytes_by_function(map_text: str) -> Counter[tuple[str, str]]:
    """Bytes of each (target, function or data segment)."""
    sizes: Counter[tuple[str, str]] = Counter()
    section = ""
    for line in map_text.splitlines():
        match = LINE.fullmatch(line)
        if not match:
            continue
        size, text = int(match[1], 16), match[2]
        if text.isupper():
            section = text
        elif section in ("CODE", "DATA") and (found := INPUT.fullmatch(text)):
            sizes[target_of(found[1], found[2]), found[2]] += size
    return sizes


def print_features(functions: Counter[tuple[str, str]]) -> None:
    """Bytes by part of the product, before wasm-opt: of a map whose functions stand by themselves (`build-wasm --apart`)."""
    names = [name for _, name in functions]
    command = ["swift", "demangle", "--simplified"]
    plain = subprocess.run(command, input="\n".join(names), capture_output=True, text=True, check=True).stdout.splitlines()
    features: Counter[str] = Counter()
    for ((target, _), size), name in zip(functions.items(), plain, strict=True):
        found = next((feature for feature, pattern in FEATURES.items() if re.search(pattern, name)), "sources, blend, the rest")
        features["texts and tables" if target == "texts and tables" else found] += size
    for feature, total in features.most_common():
        print(f"{feature:<30}{total:>10,}")


def compressed_size(path: Path) -> int | None:
    try:
        import brotli
    except ImportError:
        return None
    return len(brotli.compress(path.read_bytes(), quality=11))


def main() -> int:
    parser = argparse.ArgumentParser(description="Bytes of a wasm module by target, against a budget for each.")
    parser.add_argument("module", type=Path)
    parser.add_argument("map", type=Path, help="what wasm-ld --Map wrote when it linked the module")
    parser.add_argument("--functions", type=int, default=0, metavar="N", help="also list the N largest functions")
    parser.add_argument("--features", action="store_true", help="bytes by part of the product instead")
    options = parser.parse_args()

    functions = bytes_by_function(options.map.read_text())
    if options.features:
        print_features(functions)
        return 0
    targets: Counter[str] = Counter()
    for (target, _), size in functions.items():
        targets[target] += size
    total = options.module.stat().st_size
    over = []

    def row(name: str, size: int, budget: int | None) -> None:
        mark = ""
        if budget is not None and size > budget:
            over.append(name)
            mark = "  OVER BUDGET"
        print(f"{name:<24}{size:>10,}{'' if budget is None else f'{budget:,}':>10}{mark}")

    print(f"{'target':<24}{'bytes':>10}{'budget':>10}")
    for target in sorted(targets, key=lambda target: -targets[target]):
        row(target, targets[target], BUDGET_BYTES.get(target, 0))
    row("(wasm-opt, sections)", total - sum(targets.values()), None)
    row(options.module.name, total, MODULE_BUDGET_BYTES)
    compressed = compressed_size(options.module)
    if compressed is not None:
        row("  with brotli -11", compressed, COMPRESSED_BUDGET_BYTES)
    for (target, name), size in functions.most_common(options.functions):
        print(f"{size:>8,}  {target:<16}{name}")
    if over:
        print(f"over budget: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
