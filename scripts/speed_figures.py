#!/usr/bin/env python3
"""How long an evaluation takes, and what local SLIST needs at several sizes: tables of docs/quality.md.

    scripts/speed_figures.py [--data DIR] [--journey DIR] [--copies 1 2 4 8]

--data holds serenade-toy, --journey the files of the Complete Journey as `make demo` extracts them (left out where they are not
there). Every figure is of a process of its own, on two threads. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT, TIMED = ROOT / ".build/release", ROOT / "Benchmarks/.build/release"


def build() -> None:
    for package, product in ((ROOT, "martlet"), (ROOT / "Benchmarks", "lists-benchmark")):
        subprocess.run(["swift", "build", "-c", "release", "--product", product], cwd=package, check=True,
                       stdout=sys.stderr)  # fmt: skip


def evaluation(name: str, config: str, *options: str | Path) -> str:
    """A row of the first table; the wall seconds are those of the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [BUILT / "martlet", "evaluate", "--quiet", "--threads", "2", "--config", ROOT / "examples" / config]
        start = time.monotonic()
        subprocess.run([*command, "--json", report, *options], check=True, stdout=subprocess.DEVNULL)
        wall = time.monotonic() - start
        figures = json.loads(report.read_text())
    timing, positions = figures["timing"], figures["positions"]
    cells = [name, f"{figures['items']:,}", f"{positions:,}", f"{timing['training_seconds']:.2f}",
             f"{timing['answering_seconds']:.2f}", f"{timing['answering_seconds'] / positions * 10_000:.2f}",
             f"{wall:.2f}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def lists(events: Path, config: str, copies: int) -> str:
    """A row of the second table."""
    output = subprocess.run(
        [TIMED / "lists-benchmark", events, "--config", ROOT / "examples" / config, "--copies", str(copies)],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    rows, sessions, items, entries = map(int, output[:4])
    seconds, before, after = float(output[4]), int(output[5]), int(output[6])
    cells = [f"{rows:,}", f"{sessions:,}", f"{items:,}", f"{entries:,}", f"{seconds:.2f}", f"{seconds / rows * 1e6:.1f}",
             f"{before / 2**20:.0f}", f"{after / 2**20:.0f}", f"{(after - before) / rows:,.0f}",
             f"{items * items * 4 / 2**20:,.0f}"]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--journey", type=Path, default=ROOT / "data/complete-journey")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 2, 4, 8])
    arguments = parser.parse_args()
    build()
    clicks = arguments.data / "serenade-toy/train.tsv.gz"
    print("| log | items | positions | training s | answering s | s for 10,000 positions | s of the whole command |")
    print("|---" * 7 + "|")
    print(evaluation("Serenade, the last four days", "serenade.yaml", "--events", clicks, "--holdout", "4d",
                     "--exclude-current"), flush=True)  # fmt: skip
    journey = [arguments.journey / name for name in ("transactions.csv.gz", "products.csv.gz")]
    if all(file.exists() for file in journey):
        print(evaluation("Complete Journey, the last week", "complete-journey.yaml", "--events", journey[0],
                         "--catalogue", journey[1], "--holdout", "7d", "--protocol", "basket"), flush=True)  # fmt: skip
    print("\n| events | sessions | items | entries | s | µs an event | peak before, MiB | peak, MiB | bytes an event "
          "| a dense items × items matrix, MiB |")  # fmt: skip
    print("|---" * 10 + "|")
    for copies in arguments.copies:
        print(lists(clicks, "serenade.yaml", copies), flush=True)


if __name__ == "__main__":
    main()
