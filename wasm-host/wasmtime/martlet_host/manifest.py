"""`manifest.json`: which files make up the published generation, and which of them a region needs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

MANIFEST_NAME = "manifest.json"
FORMAT = 1
CHUNK_BYTES = 1 << 20
FILE_BYTES_MAX = 64 << 20
MANIFEST_BYTES_MAX = 1 << 20
FILES_MAX = 4096
PARENTS_MAX = 16
"""Above one region."""
WORLD = "world"
"""Stands for no region file: the base answers."""

KINDS = {"base": 1, "region": 2, "overlay": 3, "text": 4}
"""A file's kind in the manifest, and its number in the module's ABI."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class ManifestError(Exception):
    """The manifest cannot be used; the message names the place."""


@dataclass(frozen=True)
class SnapshotFile:
    kind: str
    name: str
    size: int
    sha256: str
    chunks: tuple[str, ...]
    """SHA-256 of each MiB, the last one shorter."""
    region: str | None = None
    parent: str | None = None

    @property
    def abi_kind(self) -> int:
        return KINDS[self.kind]


@dataclass(frozen=True)
class Manifest:
    generation: str
    built: str
    files: tuple[SnapshotFile, ...]
    regions: dict[str, str]
    """Region code -> region whose file serves it, or `WORLD`."""

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        path = directory / MANIFEST_NAME
        try:
            with open(path, "rb") as stream:
                return cls.parse(stream.read(MANIFEST_BYTES_MAX + 1))
        except OSError as error:
            raise ManifestError(f"{path}: {error.strerror}") from error
        except ManifestError as error:
            raise ManifestError(f"{path}: {error}") from error

    @classmethod
    def parse(cls, text: bytes) -> Manifest:
        document = _document(text)
        number = _field(document, "", "format", int)
        if number != FORMAT:
            raise ManifestError(f"format {number} is unknown, this host reads format {FORMAT}")
        entries = _field(document, "", "files", list)
        if len(entries) > FILES_MAX:
            raise ManifestError(f"files: {len(entries)}, at most {FILES_MAX} are read")
        files = tuple(_file(entry, f"files[{i}]") for i, entry in enumerate(entries))
        manifest = cls(
            generation=_field(document, "", "generation", str),
            built=_field(document, "", "built", str),
            files=files,
            regions=_field(document, "", "regions", dict),
        )
        manifest._check()
        return manifest

    @property
    def common_files(self) -> list[SnapshotFile]:
        """What every instance opens: the base first, then what belongs to no region."""
        return sorted((f for f in self.files if f.region is None), key=lambda f: f.abi_kind)

    @property
    def region_files(self) -> list[SnapshotFile]:
        return [f for f in self.files if f.region is not None]

    def knows(self, code: str) -> bool:
        """Whether that is the code of a region, or of the world."""
        return code == WORLD or code in self.regions

    def chain(self, code: str) -> list[SnapshotFile]:
        """The files that answer for a region code, from the widest to its own. Unknown codes have none."""
        chain: list[SnapshotFile] = []
        file = self._by_region.get(self.regions.get(code, WORLD))
        while file is not None:
            chain.insert(0, file)
            file = self._by_region.get(WORLD if file.parent is None else file.parent)
        return chain

    @cached_property
    def _by_region(self) -> dict[str, SnapshotFile]:
        return {f.region: f for f in self.region_files if f.region is not None}

    def _check(self) -> None:
        bases = [f for f in self.files if f.kind == "base"]
        if len(bases) != 1:
            raise ManifestError(f"files: {len(bases)} base files, there must be one")
        if len(self._by_region) != len(self.region_files):
            raise ManifestError("files: two files for the same region")
        if WORLD in self._by_region:
            raise ManifestError(f"files: {WORLD!r} is no region, the base answers for it")
        known = {WORLD, *self._by_region}
        for code, region in self.regions.items():
            if not isinstance(region, str) or region not in known:
                raise ManifestError(f"regions[{code!r}]: no file for region {region!r}")
        for file in self.region_files:
            self._check_parents(file, known)

    def _check_parents(self, file: SnapshotFile, known: set[str]) -> None:
        passed = set()
        step: SnapshotFile | None = file
        while step is not None:
            if step.region in passed:
                raise ManifestError(f"{file.name}: the parents of region {file.region!r} form a circle")
            passed.add(step.region)
            if len(passed) > PARENTS_MAX + 1:
                raise ManifestError(f"{file.name}: region {file.region!r} has more than {PARENTS_MAX} parents")
            if step.parent is not None and step.parent not in known:
                raise ManifestError(f"{step.name}: no file for parent {step.parent!r}")
            step = self._by_region.get(WORLD if step.parent is None else step.parent)


def _document(text: bytes) -> Any:
    """Of strict JSON in UTF-8, what every host reads alike."""
    if len(text) > MANIFEST_BYTES_MAX:
        raise ManifestError(f"more than {MANIFEST_BYTES_MAX} bytes")
    try:
        return json.loads(text.decode(), parse_int=_number, parse_float=_number, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"not JSON: {error}") from error


def _number(text: str) -> int | float:
    """As JavaScript has it: 1.0 is a whole number, and digits are no more than a float holds."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _file(entry: Any, place: str) -> SnapshotFile:
    kind = _field(entry, place, "kind", str)
    if kind not in KINDS:
        raise ManifestError(f"{place}.kind: {kind!r} is unknown")
    name = _field(entry, place, "name", str)
    if not _FILE_NAME.fullmatch(name):
        raise ManifestError(f"{place}.name: {name!r} is not a plain file name")
    size = _field(entry, place, "bytes", int)
    if not 0 < size <= FILE_BYTES_MAX:
        raise ManifestError(f"{place}.bytes: {size} is not between 1 and {FILE_BYTES_MAX}")
    chunks = tuple(_digest(c, f"{place}.chunks[{i}]") for i, c in enumerate(_field(entry, place, "chunks", list)))
    if len(chunks) != -(-size // CHUNK_BYTES):
        raise ManifestError(f"{place}.chunks: {len(chunks)} for {size} bytes")
    region = _optional(entry, place, "region")
    if kind == "region" and region is None:
        raise ManifestError(f"{place}.region: missing")
    parent = _optional(entry, place, "parent")
    digest = _digest(_field(entry, place, "sha256", str), f"{place}.sha256")
    return SnapshotFile(kind, name, size, digest, chunks, region if kind == "region" else None, parent)


def _field(document: Any, place: str, name: str, kind: type) -> Any:
    path = f"{place}.{name}" if place else name
    if not isinstance(document, dict):
        raise ManifestError(f"{place or 'the document'}: not an object")
    value = document.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ManifestError(f"{path}: " + ("missing" if value is None else f"not of type {kind.__name__}"))
    return value


def _optional(entry: dict, place: str, name: str) -> str | None:
    return None if entry.get(name) is None else _field(entry, place, name, str)


def _digest(value: Any, place: str) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ManifestError(f"{place}: not a SHA-256 in lower-case hex")
    return value
