"""The event log on a real folder."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

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
