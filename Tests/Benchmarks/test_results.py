"""What is said of figures, and that docs/benchmarks.md says what the committed run has said."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import run
from results import Result, table, write
from samples import in_turns, quantile

DOCUMENT = run.HERE.parent / "docs/benchmarks.md"
FIRST_WORDS = {
    "answers": "whole answer, 8 MiB, ", "growth": "growth at equal work, ", "kernels": "int8 dot", "cold": "cold, ",
    "vsknn": "sessions: ", "job": "job, ", "load": "load, ",
}  # fmt: skip
"""With which rows of each suite begin."""


def test_the_document_has_the_table_of_the_committed_run():
    rows = json.loads(run.RESULTS.read_text())
    missing = [suite for suite in run.SUITES if not any(row["name"].startswith(FIRST_WORDS[suite]) for row in rows)]
    assert not missing, f"{run.RESULTS.name} is of no whole run"
    assert table(rows) in DOCUMENT.read_text(), f"{DOCUMENT.name} has another table than {run.RESULTS.name}"


@pytest.mark.parametrize("options", [["--only", "kernels"], ["--small"]])
def test_less_than_a_whole_run_needs_a_file_of_its_own(options):
    before = run.RESULTS.read_bytes()
    done = subprocess.run([sys.executable, run.__file__, *options], capture_output=True, text=True)
    assert done.returncode == 2 and "--output" in done.stderr
    assert run.RESULTS.read_bytes() == before


@pytest.mark.parametrize(
    ("unit", "value", "met"), [("µs", 1.0004, False), ("µs", 1.0, True), ("MRR", 0.9996, False), ("MRR", 1.0, True)]
)
def test_a_goal_is_met_by_what_was_measured(unit, value, met):
    """Not by what is printed, which is 1.000 in each case."""
    row = Result("name", value, unit, "peer", 1.0, goal=1).row()
    assert row["met"] is met and row["ratio"] == pytest.approx(1, abs=0.0005)


def test_without_a_peer_the_goal_bounds_the_value():
    assert Result("errors", 0, "", goal=0).met and not Result("time", 181.0, "s", goal=180).met


def test_table_and_file_say_the_same(tmp_path):
    rows = [Result("a", 123456.789, "µs", "b", 2.0, 3).row(), Result("bytes", 1_633_944, "bytes").row()]
    write(rows, tmp_path / "results.json")
    assert json.loads((tmp_path / "results.json").read_text()) == rows
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]
    assert "| bytes | 1,633,944 bytes |" in table(rows) and "≤ 3 | no |" in table(rows)


def test_quantiles_are_samples():
    samples = list(range(100, 0, -1))
    assert [quantile(samples, share) for share in (0, 0.5, 0.99, 1)] == [1, 51, 100, 100]


def test_drivers_take_turns_and_their_samples_are_joined(tmp_path):
    log = tmp_path / "log"
    command = ["sh", "-c", 'echo $0 >> $1; echo "{\\"ns\\": [1], \\"same\\": \\"$0\\"}"']
    figures = in_turns({name: [*command, name, log] for name in "ab"}, 2)
    assert log.read_text().split() == ["a", "b", "a", "b"]
    assert figures == {name: {"ns": [1, 1], "same": name} for name in "ab"}
    changing = ["sh", "-c", 'echo >> $0; echo "{\\"lines\\": $(wc -l < $0)}"', log]
    with pytest.raises(AssertionError, match="lines was 5 and is 6"):
        in_turns({"a": changing}, 2)
