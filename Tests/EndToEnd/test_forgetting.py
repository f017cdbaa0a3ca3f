"""`martlet forget` from the shell: a person leaves the event files and the next snapshot, and a run that is cut off harms nothing."""

from __future__ import annotations

import base64
import csv
import os
import resource
import signal
import subprocess
from pathlib import Path

from builds import MARTLET

PEOPLE = 60
KEY = base64.urlsafe_b64encode(bytes(range(32))).rstrip(b"=").decode()
CONFIGURATION = "users: { rows: true, key_env: SHOP_KEY }\n"


def write_events(path: Path, padding: int = 0) -> None:
    with open(path, "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["session_id", "user_id", "item_id", "event", "time", "note"])
        for person in range(PEOPLE):
            for step, item in enumerate(["tea", "cup", "only-hers" if person == 7 else "pot"]):
                time = 1_700_000_000 + person * 600 + step
                note = "x" * padding
                writer.writerow([f"visit-{person}", f"somebody-{person}", item, "purchase", time, note])


def martlet(*arguments: object, **options) -> subprocess.CompletedProcess:
    environment = {**os.environ, "SHOP_KEY": KEY}
    command = [str(MARTLET), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, **options)


def build(folder: Path, out: str) -> bytes:
    done = martlet("build", "--config", folder / "martlet.yaml", "--events", folder / "events.csv", "--out", folder / out)
    assert done.returncode == 0, done.stderr
    return b"".join(path.read_bytes() for path in sorted((folder / out).glob("*.sqlite")))


def test_a_person_leaves_files_and_snapshot(tmp_path):
    (tmp_path / "martlet.yaml").write_text(CONFIGURATION)
    write_events(tmp_path / "events.csv")
    before = (tmp_path / "events.csv").read_text().splitlines()
    snapshot = build(tmp_path, "one")
    assert b"only-hers" in snapshot
    assert b"somebody" not in snapshot and b"visit-" not in snapshot
    done = martlet("forget", "--user", "somebody-7", "--config", tmp_path / "martlet.yaml", "--events", tmp_path / "events.csv")
    assert done.returncode == 0, done.stderr
    assert f"removed 3 of {3 * PEOPLE} rows: 3 that name the person" in done.stdout
    after = (tmp_path / "events.csv").read_text().splitlines()
    assert after == [line for line in before if "somebody-7," not in line]
    assert b"only-hers" not in build(tmp_path, "two")
    again = martlet("forget", "--user", "somebody-7", "--events", tmp_path / "events.csv")
    assert again.returncode == 0 and "nothing of theirs" in again.stdout


def test_a_run_that_is_cut_off_leaves_the_file_whole(tmp_path):
    write_events(tmp_path / "events.csv", padding=4000)
    before = (tmp_path / "events.csv").read_bytes()

    def limit():
        """The kernel ends the process while it writes the new file."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, len(before) // 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    arguments = ["forget", "--user", "somebody-7", "--events", tmp_path / "events.csv"]
    cut = martlet(*arguments, preexec_fn=limit)
    assert cut.returncode in (-signal.SIGXFSZ, 1)
    assert (tmp_path / "events.csv").read_bytes() == before
    assert martlet(*arguments).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]
    assert b"somebody-7," not in (tmp_path / "events.csv").read_bytes()


def test_a_missing_key_is_said(tmp_path):
    (tmp_path / "martlet.yaml").write_text("users: { rows: true, key_env: NO_SUCH_KEY }\n")
    write_events(tmp_path / "events.csv")
    arguments = ["--config", tmp_path / "martlet.yaml", "--events", tmp_path / "events.csv", "--out", tmp_path / "out"]
    done = martlet("build", *arguments)
    assert done.returncode != 0 and "users.key_env: the environment has no variable NO_SUCH_KEY" in done.stderr
