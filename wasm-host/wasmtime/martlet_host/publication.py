"""Follows what is published: serves the newest generation that can be served, and swaps without losing a request."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from pathlib import Path

from .generation import Generation, Unusable
from .manifest import MANIFEST_NAME, ManifestError
from .module import ModuleError, ScorerModule

log = logging.getLogger("martlet_host")

RETRY_AFTER_S = 10
"""A refused generation is tried again: its files may have been still on their way."""

Signature = tuple[int, int, int] | None
"""What changes when a manifest is published: time, inode and size; None where there is none."""


class Publication:
    def __init__(self, module: ScorerModule, directory: Path, region_bytes_max: int, poll_s: float = 1.0):
        self.current: Generation | None = None
        """A request takes it once and keeps it to its end; the instances go when the last request is done."""
        self.refusal: str | None = None
        """Why the generation that is published is not the one that is served."""
        self._module = module
        self._directory = directory
        self._region_bytes_max = region_bytes_max
        self._poll_s = poll_s
        self._seen: Signature = (0, 0, 0)
        self._retry_at = 0.0

    async def refresh(self) -> None:
        """Takes over what is published, if that changed. What cannot be served changes nothing but `refusal`."""
        signature = self._signature()
        if signature == self._seen and (self.refusal is None or time.monotonic() < self._retry_at):
            return
        self._seen = signature
        try:
            generation = await Generation.open(self._module, self._directory, self._region_bytes_max)
        except (ManifestError, Unusable, ModuleError) as error:
            return self._refuse(str(error))
        except Exception as error:  # nothing that a file can do ends the host, or goes untold
            return self._refuse(f"{type(error).__name__}: {error}")
        previous, self.current, self.refusal = self.current, generation, None
        log.info("serving generation %s, built %s", generation.manifest.generation, generation.manifest.built)
        if previous:
            await previous.close()

    def _refuse(self, reason: str) -> None:
        if reason != self.refusal:
            kept = f"generation {self.current.manifest.generation} keeps serving" if self.current else "none serves"
            log.error("%s (%s)", reason, kept)
        self.refusal = reason
        self._retry_at = time.monotonic() + RETRY_AFTER_S

    async def follow(self) -> None:
        """Refreshes for ever; for a background task."""
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                await self.refresh()
            except Exception:  # such as the end of the generation before
                log.exception("cannot refresh the snapshot")

    async def close(self) -> None:
        if self.current:
            await self.current.close()

    def _signature(self) -> Signature:
        try:
            status = os.stat(self._directory / MANIFEST_NAME)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size
