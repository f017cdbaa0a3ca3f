#!/usr/bin/env python3
"""Bytes of a wasm module by target, against a budget for each: reads the map that wasm-ld writes while linking.

    scripts/wasm_sizes.py dist/scorer.wasm .build-wasm/scorer.map [--functions 20]

Exit status 1 where a target or the whole is over its budget.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

BUDGET_BYTES = {
    "EdgeService": 21_000,
    "SQLiteReader": 8_500,
    "Recommender": 26_000,
    "JSONText": 7_000,
    "Bytes": 2_500,
    "Digest": 2_200,
    "Session": 3_500,
    "SnapshotFormat": 700,
    "EdgeModule": 10_500,
    "EdgeRuntime": 700,
    "SIMDKernels": 400,
    "Swift runtime": 700,
    "texts and tables": 6_000,
}
"""What the linker puts into the module under a target's names, before wasm-opt. The scorer is optimised as a whole: a
function that is called from one place counts where it is called, so the exports hold much of what opens a file, and
EdgeService much of what answers."""

MODULE_BUDGET_BYTES = 85_000
COMPRESSED_BUDGET_BYTES = 45_000

# Address, file offset and size in hex, then a section, or an input `object:(name)`; symbols stand below their input.
LINE = re.compile(r"\s*\S+\s+[0-9a-f]+\s+([0-9a-f]+)\s+(.+)")
INPUT = re.compile(r"(?:.*/)?([^/:]+):\((.*)\)")
OBJECT_TARGETS = {"dot.c.o": "SIMDKernels", "runtime.c.o": "EdgeRuntime"}


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
    options = parser.parse_args()

    functions = bytes_by_function(options.map.read_text())
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
