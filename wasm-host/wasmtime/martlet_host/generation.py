"""One published generation in memory: the instance that answers, a spare one, and the regions they hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from .loading import DamagedFile, open_verified, read_verified
from .manifest import WORLD, Manifest, SnapshotFile
from .module import Refused, Scorer, ScorerFault, ScorerModule

log = logging.getLogger("martlet_host")

REGIONS_MAX = 256
"""What the module holds at once."""


class Unusable(Exception):
    """A generation cannot be served; the message says why."""


class LoadedScorer:
    """An instance and the region files open in it. What is open stays open: an instance only ever grows."""

    def __init__(self, module: ScorerModule, directory: Path, manifest: Manifest, codes: Iterable[str]):
        self.scorer = Scorer(module)
        self.directory = directory
        self.manifest = manifest
        self.regions: dict[str, int] = {}
        """Bytes of each open region file."""
        self.failed: dict[str, str] = {}
        for file in manifest.common_files:
            open_verified(self.scorer, directory, file)
        for code in codes:
            self.load_region(code)
        self.scorer.warm_up()

    def missing(self, code: str) -> list[SnapshotFile]:
        return [f for f in self.manifest.chain(code) if f.region not in self.regions and f.region not in self.failed]

    def load_region(self, code: str) -> None:
        """Opens the region's files. One that is damaged is left out, and its parents answer for it."""
        for file in self.missing(code):
            try:
                open_verified(self.scorer, self.directory, file)
                self.regions[str(file.region)] = file.size
            except (DamagedFile, Refused) as error:
                self.failed[str(file.region)] = str(error)
                log.error("region %s is answered by its parent: %s", file.region, error)

    def answering(self, code: str) -> str:
        """The code itself, or, where its own file could not be opened, that of the nearest parent whose file is open."""
        chain = self.manifest.chain(code)
        if not chain or chain[-1].region in self.regions:
            return code
        return next((str(f.region) for f in reversed(chain) if f.region in self.regions), WORLD)

    def failure(self, code: str) -> str | None:
        """Why a region is not answered by its own file, where that is so."""
        return next((self.failed[str(f.region)] for f in self.manifest.chain(code) if f.region in self.failed), None)


class Generation:
    """Serves one generation. Create it with `open`; every call belongs to the event loop's thread."""

    def __init__(self, module: ScorerModule, directory: Path, manifest: Manifest, region_bytes_max: int):
        self.manifest = manifest
        self._module = module
        self._directory = directory
        self._region_bytes_max = region_bytes_max
        self._recent: list[str] = []
        """Region codes asked for, the latest last."""
        self._lock = asyncio.Lock()
        self._active: LoadedScorer | None = None
        """None before `open` and after a fault for which no replacement could be opened."""
        self._spare: asyncio.Task[LoadedScorer] | None = None
        self._is_closed = False

    @classmethod
    async def open(cls, module: ScorerModule, directory: Path, region_bytes_max: int) -> Generation:
        """Reads the manifest, verifies every file that it names and opens a warm instance."""
        manifest = Manifest.read(directory)
        generation = cls(module, directory, manifest, region_bytes_max)

        def verify() -> None:
            for file in manifest.region_files:
                read_verified(directory, file)

        try:
            await asyncio.to_thread(verify)
            generation._active = await generation._load(generation._eager_codes())
        except DamagedFile as error:
            raise Unusable(f"generation {manifest.generation}: {error}") from error
        for region, reason in generation._active.failed.items():
            raise Unusable(f"generation {manifest.generation}, region {region}: {reason}")
        generation._prepare_spare()
        return generation

    async def handle(self, region: str, message: Callable[[str], bytes]) -> tuple[bytes, str | None]:
        """The response, and why the region's own file did not take part, if it did not. `message` makes the request for the code of the
        region that can answer: where a file is damaged that is its parent, which the module knows by its own code alone.

        Raises `ScorerFault` where this request broke the instance, `Unusable` where there is none to answer.
        The call itself runs here, in the event loop: it takes microseconds, less than handing it to a thread
        would. The lock keeps it apart from a region file being opened in a thread, which takes milliseconds.
        """
        async with self._lock:
            loaded = await self._ensure(region)
            try:
                return loaded.scorer.handle(message(loaded.answering(region))), loaded.failure(region)
            except ScorerFault:
                await self._replace()
                raise

    @property
    def memory_bytes(self) -> int:
        """Of the instance that answers."""
        return self._active.scorer.memory_bytes if self._active else 0

    async def discard_instance(self) -> None:
        """Replaces the instance, after an answer that shows it to be broken."""
        async with self._lock:
            await self._replace()

    async def close(self) -> None:
        """No spare instance any more; requests that have begun are still answered, after a fault too."""
        self._is_closed = True
        spare, self._spare = self._spare, None
        if spare:
            spare.cancel()
            await asyncio.gather(spare, return_exceptions=True)

    async def _ensure(self, code: str) -> LoadedScorer:
        """The instance, with the region open in it."""
        active = self._active or await self._replace()
        if not self.manifest.chain(code):
            return active
        if code in self._recent:
            self._recent.remove(code)
        self._recent.append(code)
        missing = active.missing(code)
        if not missing:
            return active
        if not self._fit([*active.regions.values(), *(f.size for f in missing)]):
            # Nothing can be closed in an instance: a fresh one keeps what was asked for lately, up to half of the
            # bound, so that the next region does not force another.
            keep = self._recent_within(self._region_bytes_max // 2)
            log.info("too many regions for one instance, a fresh one keeps %s", ", ".join(keep))
            self._active = active = await self._load(keep)
            return active
        try:
            await asyncio.to_thread(active.load_region, code)
        except ScorerFault:
            await self._replace()
            raise
        return active

    async def _replace(self) -> LoadedScorer:
        """Drops the instance for the spare one, or for a new one where that could not be opened."""
        spare, self._spare, self._active = self._spare, None, None
        try:
            self._active = await spare if spare else await self._load([])
        except Unusable as error:
            log.warning("the spare instance could not be opened: %s", error)
            self._active = await self._load([])
        self._prepare_spare()
        return self._active

    def _prepare_spare(self) -> None:
        if self._is_closed:
            return
        self._spare = asyncio.create_task(self._load(self._eager_codes()))
        self._spare.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _load(self, codes: Iterable[str]) -> LoadedScorer:
        try:
            return await asyncio.to_thread(LoadedScorer, self._module, self._directory, self.manifest, codes)
        except (DamagedFile, Refused, ScorerFault) as error:
            raise Unusable(f"generation {self.manifest.generation}: {error}") from error

    def _eager_codes(self) -> list[str]:
        """All regions where they fit together, none otherwise: those come as they are asked for."""
        return list(self.manifest.regions) if self._fit([f.size for f in self.manifest.region_files]) else []

    def _fit(self, sizes: list[int]) -> bool:
        return len(sizes) <= REGIONS_MAX and sum(sizes) <= self._region_bytes_max

    def _recent_within(self, bytes_max: int) -> list[str]:
        kept: list[str] = []
        files: set[SnapshotFile] = set()
        for code in reversed(self._recent):
            more = files | set(self.manifest.chain(code))
            if kept and (sum(f.size for f in more) > bytes_max or len(more) > REGIONS_MAX // 2):
                break
            kept, files = [code, *kept], more
        self._recent = kept
        return list(kept)
