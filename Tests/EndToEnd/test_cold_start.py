"""`scripts/cold_start.mjs`, whose medians docs/deploy takes its sizes from."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
from pathlib import Path

import pytest
from builds import ROOT, manifest_of


def cold_start(*arguments: object) -> subprocess.CompletedProcess:
    command = ["node", ROOT / "scripts/cold_start.mjs", *arguments, "--runs", "3"]
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_medians_stand_first_between_the_least_and_the_most(small_shop):
    done = cold_start(small_shop[0])
    assert done.returncode == 0, done.stderr
    assert "the median of 3 fresh processes" in done.stdout
    rows = re.findall(r"^(.+?) +([0-9.]+)  \(([0-9.]+) to ([0-9.]+)\)$", done.stdout, re.M)
    assert {"instantiate", "open", "all but check and copy", "check, a MiB", "copy, a MiB", "next requests, median"} <= {row[0] for row in rows}
    assert all(float(least) <= float(middle) <= float(most) for _, middle, least, most in rows)


def test_what_is_ours_is_the_sum_of_its_parts_in_each_run(small_shop):
    runs = json.loads(cold_start(small_shop[0], "--json").stdout)
    assert len(runs) == 3
    for run in runs:
        assert run["ours"] == pytest.approx(run["instantiate"] + run["open"] + run["answer"])
        assert run["total"] >= run["ours"] + run["check"] + run["copy"] - 0.001
    assert statistics.median(run["next"] for run in runs) > 0


def no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def no_base(folder: Path) -> None:
    (folder / base_of(folder)).unlink()


def damaged(folder: Path) -> None:
    path = folder / base_of(folder)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def of_another_layout(folder: Path) -> None:
    """Published as it should be, but not what the scorer reads."""
    path = folder / base_of(folder)
    content = path.read_bytes().replace(b"SQLite format 3", b"SQLite format 9")
    path.write_bytes(content)
    text = (folder / "manifest.json").read_text()
    document = json.loads(text)
    [base] = [file for file in document["files"] if file["kind"] == "base"]
    chunks = subprocess.run(["split", "-b", "1M", "--filter", "sha256sum", path], capture_output=True, text=True, check=True)
    base["chunks"] = [line.split()[0] for line in chunks.stdout.splitlines()]
    (folder / "manifest.json").write_text(json.dumps(document))


def base_of(folder: Path) -> str:
    return next(file["name"] for file in manifest_of(folder)["files"] if file["kind"] == "base")


@pytest.mark.parametrize(
    ("breaking", "words"),
    [(no_folder, "manifest.json"), (no_base, "base-"), (damaged, "do not match their SHA-256"), (of_another_layout, "the file was not opened")],
)
def test_what_cannot_be_opened_is_named_in_one_line(small_shop, tmp_path, breaking, words):
    folder = tmp_path / "snapshots"
    shutil.copytree(small_shop[0], folder)
    breaking(folder)
    done = cold_start(folder)
    assert done.returncode == 1 and done.stdout == ""
    assert re.fullmatch(r"cold_start: .+\n", done.stderr) and words in done.stderr, done.stderr


def test_wrong_arguments_are_named(small_shop):
    assert cold_start().stderr == "cold_start: name the folder of a publication\n"
    assert re.fullmatch("cold_start: .+no.wasm.*\n", cold_start(small_shop[0], "--module", "no.wasm").stderr)
