#!/usr/bin/env python3
"""Runs the benchmarks side by side, prints a table and writes `Benchmarks/results.json`; `make bench`.

    Benchmarks/run.py [--seed 2]
    Benchmarks/run.py --output FILE [--small] [--only SUITE...] [--seed 2]

A suite is a module of `Benchmarks/suites` whose `run(setting)` yields results and raises where an answer is wrong. `--small`: sizes that
take seconds, for the tests; its figures mean nothing. `Benchmarks/results.json` holds whole runs alone: whatever is less names a file
of its own. A suite that fails is named at the end, exit status 1, and takes no other with it; then nothing is written.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import traceback
from pathlib import Path

from results import table, write
from setting import SEED, Setting

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
# In this order: what needs a quiet machine most comes first.
SUITES = ["answers", "growth", "kernels", "cold", "vsknn", "job", "load"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--small", action="store_true")
    options.add_argument("--only", nargs="+", choices=SUITES, default=SUITES, metavar="SUITE")
    options.add_argument("--output", type=Path)
    options.add_argument("--seed", type=int, default=SEED, help="of the simulated shops")
    chosen = options.parse_args()
    if chosen.output is None and (chosen.small or set(chosen.only) != set(SUITES)):
        options.error(f"{RESULTS.name} holds whole runs alone: name another file with --output")
    rows: list[dict] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as work:
        setting = Setting(root=HERE.parent, work=Path(work), small=chosen.small, seed=chosen.seed)
        for suite in chosen.only:
            try:
                for result in importlib.import_module(f"suites.{suite}").run(setting):
                    rows.append(result.row())
                    print(f"{suite}: {rows[-1]}", flush=True)
            except Exception:
                # A run takes long: the others' figures are worth having.
                traceback.print_exc()
                failed.append(suite)
    print(f"Suites {' '.join(chosen.only)}; simulated shops of seed {chosen.seed}.\n\n{table(rows)}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}; nothing is written")
    write(rows, chosen.output or RESULTS)


if __name__ == "__main__":
    main()
