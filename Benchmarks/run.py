#!/usr/bin/env python3
"""Runs the benchmarks side by side, prints a table and writes `Benchmarks/results.json`; `make bench`.

    Benchmarks/run.py [--small] [--only SUITE...] [--output FILE]

A suite is a module of `Benchmarks/suites` whose `run(setting)` yields results and raises where an answer is wrong. `--small`: sizes that
take seconds, for the tests; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
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
    with tempfile.TemporaryDirectory(prefix="martlet-bench-") as work:
        setting = Setting(root=HERE.parent, work=Path(work), small=chosen.small)
        for suite in chosen.only:
            for result in importlib.import_module(f"suites.{suite}").run(setting):
                print(f"{suite}: {result.row()}", flush=True)
                results.append(result)
    write(results, chosen.output)
    print(table(results))


if __name__ == "__main__":
    main()
