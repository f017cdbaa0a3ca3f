"""`martlet tune` as it is run: killed and started again, writing into the file that it was given."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import pytest
from builds import MARTLET

CONFIGURATION = """\
# The shop's own words.
models:
  ranker: { trees: 0 }   # fixed weights
  next_item:
    steps: 10            # far enough
sources: { two_steps: false, slist: false, bought_together: false, repeats: false, factors: false, content: false,
  popularity: false }
"""
WAIT_S = 120


@pytest.fixture
def folder(tmp_path) -> Path:
    """Visitors walk round a circle, and at last the other way: what is best forgets the old way."""
    (tmp_path / "martlet.yaml").write_text(CONFIGURATION)
    with open(tmp_path / "events.csv", "w") as events:
        events.write("session_id,item_id,time\n")
        for session in range(420):
            direction = 1 if session < 300 else -1
            for step in range(5):
                item = (session * 7 + direction * step) % 40
                events.write(f"{session},i{item},{1_600_000_000 + session * 7200 + step}\n")
    return tmp_path


def command(folder: Path, *options: str) -> list[str]:
    fixed = ["--config", "martlet.yaml", "--events", "events.csv", "--holdout", "2d", "--exclude-current"]
    return [str(MARTLET), "tune", *fixed, *options]


def tune(folder: Path, *options: str, status: int = 0) -> str:
    done = subprocess.run(command(folder, *options), cwd=folder, capture_output=True, text=True, timeout=WAIT_S)
    assert done.returncode == status, done.stderr[-4000:]
    return done.stdout if status == 0 else done.stderr


def trials(journal: Path) -> list[dict]:
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return [{key: value for key, value in line.items() if key not in ("seconds", "latest")} for line in lines]


def test_a_killed_run_goes_on_where_it_was(folder):
    tune(folder, "--trials", "14", "--journal", "whole.ndjson", "--out", "whole.yaml")
    killed = folder / "killed.ndjson"
    process = subprocess.Popen(
        command(folder, "--trials", "14", "--journal", "killed.ndjson", "--out", "killed.yaml"),
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + WAIT_S
    while not killed.exists() or killed.read_bytes().count(b"\n") < 4:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert not (folder / "killed.yaml").exists()
    before = killed.read_bytes()
    tune(folder, "--trials", "14", "--journal", "killed.ndjson", "--out", "killed.yaml")
    whole_lines = before[: before.rindex(b"\n") + 1]
    assert killed.read_bytes().startswith(whole_lines), "no finished trial is made again"
    assert trials(killed) == trials(folder / "whole.ndjson")
    assert (folder / "killed.yaml").read_text() == (folder / "whole.yaml").read_text()


def test_a_run_that_goes_on_reads_up_to_the_moment_of_its_first(folder):
    """A journal of a time before the last sessions, which a clock that has gone on would let in."""
    with open(folder / "martlet.yaml", "a") as configuration:
        configuration.write("events: { reject: { max_share: 100% } }\n")
    options = ["--trials", "3", "--journal"]
    tune(folder, *options, "all.ndjson")
    moment = 1_600_000_000 + 400 * 7200 - 1
    header = json.loads((folder / "all.ndjson").read_text().splitlines()[0])
    assert header["latest"] - time.time() == pytest.approx(86_400, abs=600)
    (folder / "resumed.ndjson").write_text(json.dumps(header | {"latest": moment}) + "\n")
    tune(folder, *options, "resumed.ndjson")
    rows = (folder / "events.csv").read_text().splitlines(keepends=True)
    (folder / "events.csv").write_text("".join(rows[: 1 + 400 * 5]))
    tune(folder, *options, "before.ndjson")
    assert trials(folder / "resumed.ndjson")[1:] == trials(folder / "before.ndjson")[1:]
    assert trials(folder / "resumed.ndjson")[1:] != trials(folder / "all.ndjson")[1:]


def test_it_says_how_long_it_took(folder):
    done = subprocess.run(command(folder, "--trials", "1"), cwd=folder, capture_output=True, text=True, timeout=WAIT_S)
    assert ": 1 trial in " in done.stdout
    assert re.search(r"^took 0:0\d:\d\d, reading included$", done.stderr, re.M), done.stderr


def test_in_place_keeps_what_is_there(folder):
    path = folder / "martlet.yaml"
    path.chmod(0o640)
    tune(folder, "--trials", "20")
    assert path.read_text() == CONFIGURATION, "nothing is written unless it is asked for"
    output = tune(folder, "--trials", "20", "--in-place")
    assert "the found values count" in output
    text = path.read_text()
    assert text != CONFIGURATION and path.stat().st_mode & 0o777 == 0o640
    kept = [line for line in CONFIGURATION.splitlines() if "steps" not in line]
    assert [line for line in text.splitlines() if line in kept] == kept
    assert re.search(r"^    steps: \d+ +# far enough$", text, re.MULTILINE)
    # The file loads, and scores from the start what was found.
    found = re.search(r"^searched +[\d.]+ +([\d.]+) ", output, re.MULTILINE).group(1)
    assert re.search(rf"^searched +{found} ", tune(folder, "--trials", "1"), re.MULTILINE)
    assert sorted(entry.name for entry in folder.iterdir()) == ["events.csv", "martlet.yaml"]


def test_a_foreign_journal_is_refused(folder):
    tune(folder, "--trials", "1", "--journal", "tune.ndjson")
    error = tune(folder, "--trials", "1", "--journal", "tune.ndjson", "--seed", "2", status=1)
    assert "tune.ndjson: this journal is of another run: its setting is" in error
    (folder / "martlet.yaml").write_text("seed: 2\n")
    assert "its configuration is" in tune(folder, "--trials", "1", "--journal", "tune.ndjson", status=1)


def test_what_cannot_be_written_is_said_before_the_search(folder):
    error = tune(folder, "--out", "none/martlet.yaml", "--journal", "tune.ndjson", status=64)
    assert "nothing can be written to" in error and not (folder / "tune.ndjson").exists()
