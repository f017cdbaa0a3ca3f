#!/usr/bin/env python3
"""What segments and their lists do for the answers: the tables of docs/quality.md.

    scripts/segment_quality.py DIR      DIR holds transactions.csv.gz and products.csv.gz, as `make demo` extracts them

The last week is held out; every item of a basket is hidden in turn. Prints Markdown.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Without its recipes: what a shop wants of its shelves is no guess of what is bought.
CONFIGURATION = re.sub(r"(?m)^contexts:\n(?:[ #].*\n)*", "", (ROOT / "examples/complete-journey.yaml").read_text())

# name, configuration compared with, configuration
COMPARISONS = [
    ("segments, without lists", "{ maximum: 0 }", "{}"),
    ("lists of the chosen segments", "{}", "{ lists: true }"),
    ("lists of 4 segments", "{ minimum: 4, maximum: 4 }", "{ minimum: 4, maximum: 4, lists: true }"),
    ("lists of 8 segments", "{ minimum: 8, maximum: 8 }", "{ minimum: 8, maximum: 8, lists: true }"),
]
CONTEXTS = ["cart", "homepage"]
METRICS = ["hr@20", "mrr@20"]


def evaluate(data: Path, folder: Path, first: str, second: str, context: str) -> dict:
    """The report of `martlet evaluate` on two settings of `segments`."""
    for name, segments in (("first", first), ("second", second)):
        (folder / f"{name}.yaml").write_text(f"{CONFIGURATION}\nsegments: {segments}\n")
    command = [ROOT / "dist/martlet", "evaluate", "--quiet", "--protocol", "basket", "--context", context]
    command += ["--events", data / "transactions.csv.gz", "--catalogue", data / "products.csv.gz", "--holdout", "7d"]
    command += ["--config", folder / "first.yaml", "--compare", folder / "second.yaml", "--json", folder / "report.json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads((folder / "report.json").read_text())


def cell(comparison: dict, metric: str) -> str:
    low, high = comparison["intervals"][metric]
    return f"{comparison['differences'][metric]:+.4f} ({low:+.4f} to {high:+.4f})"


def main() -> None:
    data = Path(sys.argv[1])
    print("| | context | positions | HR@20 without | difference | MRR@20 without | difference |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        for title, first, second in COMPARISONS:
            for context in CONTEXTS:
                report = evaluate(data, Path(name), first, second, context)
                values = [f"{report['metrics'][m]:.4f} | {cell(report['comparison'], m)}" for m in METRICS]
                print(f"| {title} | {context} | {report['positions']} | {' | '.join(values)} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
