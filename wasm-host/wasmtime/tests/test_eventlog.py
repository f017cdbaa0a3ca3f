"""The event log on a real folder."""

from __future__ import annotations

import asyncio
import json
import os
import resource
from pathlib import Path

import pytest

from martlet_host import eventlog
from martlet_host.eventlog import EventLog


def lines_of(folder: Path) -> list[dict]:
    return [json.loads(line) for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def run(folder: Path, *batches: list[dict], bytes_max: int = 1 << 20, pause: float = 0) -> EventLog:
    async def write() -> EventLog:
        log = EventLog(folder, bytes_max)
        for batch in batches:
            log.append(batch, region="DE", user_id=None)
            await asyncio.sleep(pause)
        await log.close()
        return log

    return asyncio.run(write())


def test_events_stand_there_in_order_each_with_an_id(tmp_path):
    events = [{"event": "view", "item_id": f"é{number}", "time": number} for number in range(500)]
    log = run(tmp_path / "log", events[:200], events[200:])
    lines = lines_of(tmp_path / "log")
    assert [{key: line[key] for key in ("event", "item_id", "time")} for line in lines] == events
    assert len({line["event_id"] for line in lines}) == 500
    assert all(line["region"] == "DE" and "user_id" not in line for line in lines)
    assert log.written == 500 and log.dropped == 0


def test_a_full_file_is_followed_by_another(tmp_path):
    batches = [[{"event": "view", "item_id": "x" * 100}] for _ in range(10)]
    run(tmp_path, *batches, bytes_max=300, pause=0.02)
    assert len(list(tmp_path.iterdir())) > 2
    assert all(path.stat().st_size < 600 for path in tmp_path.iterdir())
    assert len(lines_of(tmp_path)) == 10


def test_what_waits_too_long_is_counted_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(eventlog, "WAITING_MAX", 3)
    log = run(tmp_path, [{"event": "view"}] * 5)
    assert (log.written, log.dropped) == (3, 2)


def test_a_folder_that_cannot_be_written_to_loses_events_not_answers(tmp_path, caplog):
    folder = tmp_path / "log"

    async def write() -> EventLog:
        log = EventLog(folder)
        folder.rmdir()
        log.append([{"event": "view"}])
        await asyncio.sleep(0.05)
        await log.close()
        return log

    assert asyncio.run(write()).dropped == 1
    assert "1 events are lost" in caplog.text


def written_around(folder: Path, between) -> EventLog:
    """Three events one after the other; `between` deals with the file after the first."""

    async def write() -> EventLog:
        log = EventLog(folder)
        for number in range(3):
            log.append([{"event": "view", "item_id": str(number)}])
            while log.written + log.dropped <= number:
                await asyncio.sleep(0.001)
            if number == 0:
                between(*folder.iterdir())
        await log.close()
        return log

    return asyncio.run(write())


def test_a_file_that_another_replaces_is_left_alone(tmp_path):
    """As `martlet forget` does: a file without some rows takes the place of the one that is open."""

    def forget(path: Path) -> None:
        path.with_name(".forget").write_text('{"item_id":"kept"}\n')
        os.replace(path.with_name(".forget"), path)

    log = written_around(tmp_path, forget)
    assert [line["item_id"] for line in lines_of(tmp_path)] == ["kept", "1", "2"]
    assert (log.written, len(list(tmp_path.iterdir()))) == (3, 2)


@pytest.mark.parametrize("between", [Path.unlink, lambda path: path.rename(path.parent.with_suffix(".moved"))])
def test_a_file_that_is_gone_is_followed_by_another(tmp_path, between):
    folder = tmp_path / "log"
    assert written_around(folder, between).written == 3
    assert [line["item_id"] for line in lines_of(folder)] == ["1", "2"]


def test_what_was_written_while_the_file_was_replaced_is_written_again(tmp_path, monkeypatch):
    """The rename falls between write and check: what went into the old file would be lost with it."""
    fsync, other = os.fsync, tmp_path / "other"
    other.write_text("")

    def replacing(descriptor: int) -> None:
        if other.exists():
            os.replace(other, next((tmp_path / "log").iterdir()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", replacing)
    run(tmp_path / "log", [{"event": "view", "item_id": "a"}, {"event": "view", "item_id": "b"}])
    assert [line["item_id"] for line in lines_of(tmp_path / "log")] == ["a", "b"]


def test_a_write_that_fails_in_the_middle_leaves_whole_lines(tmp_path):
    """The kernel takes 30 bytes more and refuses the rest."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    async def write() -> EventLog:
        log = EventLog(tmp_path)
        for number in range(3):
            if number == 1:
                [path] = tmp_path.iterdir()
                resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 30, limits[1]))
            log.append([{"event": "view", "item_id": str(number)}])
            while log.written + log.dropped <= number:
                await asyncio.sleep(0.001)
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        await log.close()
        return log

    try:
        log = asyncio.run(write())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (log.written, log.dropped) == (2, 1)
    assert [line["item_id"] for line in lines_of(tmp_path)] == ["0", "2"]
    assert len(list(tmp_path.iterdir())) == 2, "after a failure a new file"
