#!/usr/bin/env python3
"""Runs the benchmarks side by side, prints a table and writes `Benchmarks/results.json`; `make bench`.

    Benchmarks/run.py [--small] [--only SUITE...] [--output FILE]

A suite is a module of `Benchmarks/suites` whose `run(setting)` yields results and raises where an answer is wrong. `--small`: sizes that
take seconds, for the tests; its figures mean nothing. A suite that fails is named at the end, exit status 1, and takes no other with it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import traceback
from pathlib import Path

from results import Result, table, write
from setting import Setting

HERE = Path(__file__).resolve().parent
# In this order: what needs a quiet machine most comes first.
SUITES = ["answers", "growth", "kernels", "cold", "vsknn", "job", "load"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--small", action="store_true")
    options.add_argument("--only", nargs="+", choices=SUITES, default=SUITES, metavar="SUITE")
    options.add_argument("--output", type=Path, default=HERE / "results.json")
    chosen = options.parse_args()
    results: list[Result] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as work:
        setting = Setting(root=HERE.parent, work=Path(work), small=chosen.small)
        for suite in chosen.only:
            try:
                for result in importlib.import_module(f"suites.{suite}").run(setting):
                    print(f"{suite}: {result.row()}", flush=True)
                    results.append(result)
            except Exception:
                # A run takes long: the others' figures are worth having.
                traceback.print_exc()
                failed.append(suite)
            write(results, chosen.output)
    print(table(results))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
