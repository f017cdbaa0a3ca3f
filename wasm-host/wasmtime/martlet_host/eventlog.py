"""The event log: consented events as NDJSON files that `martlet build` reads as they are.

Events are written behind the answers: a request hands them over and goes on, one task writes what has gathered and waits until it
is on the disk. Files are closed at a size, at midnight UTC, after a write that failed, and where another file has taken their place;
their names sort by time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

log = logging.getLogger("martlet_host")

FILE_BYTES_MAX = 64 << 20
WAITING_MAX = 100_000
"""Events that wait for the disk at most; more are dropped, counted and logged."""


class EventLog:
    """Appends to a folder. `append` belongs to the event loop's thread; the writing happens in another."""

    def __init__(self, folder: Path, file_bytes_max: int = FILE_BYTES_MAX):
        folder.mkdir(parents=True, exist_ok=True)
        self.dropped = 0
        self.written = 0
        self._folder = folder
        self._file_bytes_max = file_bytes_max
        self._waiting: list[bytes] = []
        self._arrived = asyncio.Event()
        self._file: IO[bytes] | None = None
        self._bytes = 0
        """Of whole lines in the file."""
        self._day = ""
        self._is_closing = False
        self._task = asyncio.create_task(self._write_on())

    @property
    def waiting(self) -> int:
        """Events that are not on the disk yet."""
        return len(self._waiting)

    def append(self, events: Iterable[dict], **common: object) -> None:
        """Takes events as the module has understood them; `common` holds what the host knows of all of them."""
        known = {key: value for key, value in common.items() if value is not None}
        for event in events:
            if len(self._waiting) >= WAITING_MAX:
                self.dropped += 1
                continue
            line = {"event_id": str(uuid.uuid4())} | event | known
            self._waiting.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._arrived.set()

    async def close(self) -> None:
        """Writes what waits, and ends."""
        self._is_closing = True
        self._arrived.set()
        await self._task
        self._close()

    async def _write_on(self) -> None:
        while not self._is_closing or self._waiting:
            await self._arrived.wait()
            self._arrived.clear()
            await self._write_waiting()

    async def _write_waiting(self) -> None:
        lines, self._waiting = self._waiting, []
        if not lines:
            return
        try:
            await asyncio.to_thread(self._write, lines)
            self.written += len(lines)
        except OSError as error:
            self.dropped += len(lines)
            log.error("%d events are lost: %s", len(lines), error)

    def _write(self, lines: list[bytes]) -> None:
        """All of the lines on the disk, or none. Where the file is replaced in the middle of it, they go to the next one."""
        batch = b"".join(lines)
        while True:
            self._append(self._open(), batch)
            if self._is_in_place():
                return
            self._close()

    def _append(self, file: IO[bytes], batch: bytes) -> None:
        try:
            rest = memoryview(batch)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:
            # What the disk took of it would be a torn line, and be glued to the next.
            with contextlib.suppress(OSError):
                os.ftruncate(file.fileno(), self._bytes)
            self._close()
            raise
        self._bytes += len(batch)

    def _open(self) -> IO[bytes]:
        """The file in use, or the next one."""
        now = datetime.now(UTC)
        day = now.strftime("%Y%m%d")
        if self._file and (self._day != day or self._bytes >= self._file_bytes_max or not self._is_in_place()):
            self._close()
        if self._file is None:
            self._day = day
            self._bytes = 0
            path = self._folder / f"events-{now.strftime('%Y%m%dT%H%M%S.%f')}.ndjson"
            self._file = open(path, "xb", buffering=0)
        return self._file

    def _is_in_place(self) -> bool:
        """Whether the open file is still the one of its name: `martlet forget` puts another in its place."""
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), os.stat(self._file.name))
        except FileNotFoundError:
            return False

    def _close(self) -> None:
        file, self._file = self._file, None
        if file:
            with contextlib.suppress(OSError):
                file.close()
