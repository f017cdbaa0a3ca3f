"""`martlet rules` on a published shop."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from builds import MARTLET

RULE = """
rules:
  - id: apples
    when:
      count: { event: view, item: apple, at_least: 2, within: 1h }
    then:
      join: Apple Fans
"""


@pytest.fixture
def configuration(tmp_path) -> Path:
    path = tmp_path / "martlet.yaml"
    path.write_text(RULE)
    return path


def explain(configuration: Path, snapshots: Path, events: Path | str, lines: str = "") -> subprocess.CompletedProcess:
    command = [MARTLET, "rules", "explain", "--config", configuration, "--snapshots", snapshots, "--events", events]
    return subprocess.run(list(map(str, command)), input=lines, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("count", [1, 2])
def test_rules_are_counted_in_words(configuration, small_shop, count):
    configuration.write_text(RULE + RULE.replace("rules:", "").replace("id: apples", "id: pears").replace("Apple", "Pear") * (count - 1))
    ending = "s" if count > 1 else ""
    for more, said in [([], f"{count} rule{ending}; "), (["--snapshots", small_shop[0]], f"\n{count} rule{ending}, {count} segment{ending}, ")]:
        command = [MARTLET, "rules", "check", "--config", configuration, *more]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and said in "\n" + done.stdout, (done.stdout, done.stderr)


@pytest.mark.parametrize("count", [1, 2])
def test_a_session_is_read_from_a_file_and_from_standard_input(configuration, small_shop, tmp_path, count):
    lines = "".join(json.dumps({"event": "view", "item_id": "apple", "time": 1_700_000_000 + i}) + "\n" for i in range(count))
    session = tmp_path / "session.ndjson"
    session.write_text(lines)
    done = explain(configuration, small_shop[0], session)
    assert done.returncode == 0, done.stderr
    assert ("apples: holds since" in done.stdout) == (count == 2)
    assert explain(configuration, small_shop[0], "-", lines).stdout == done.stdout


def test_a_file_of_events_that_is_not_there_is_named(configuration, small_shop, tmp_path):
    done = explain(configuration, small_shop[0], tmp_path / "nowhere.ndjson")
    assert done.returncode != 0 and f"{tmp_path}/nowhere.ndjson: the file cannot be read" in done.stderr, done.stderr
    assert "NSCocoa" not in done.stderr
