"""Reading a snapshot file into place, its size and hashes checked on the way."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .manifest import CHUNK_BYTES, SnapshotFile
from .module import Scorer


class DamagedFile(Exception):
    """A file is not what the manifest says; the message names the file and the place."""


def read_verified(directory: Path, file: SnapshotFile, buffer: memoryview | None = None) -> None:
    """Reads `file` chunk by chunk into `buffer` (of its size), or, without a buffer, only verifies it."""
    path = directory / file.name
    whole = hashlib.sha256()
    scratch = memoryview(bytearray(min(CHUNK_BYTES, file.size))) if buffer is None else None
    try:
        with open(path, "rb", buffering=0) as stream:
            for index, expected in enumerate(file.chunks):
                start = index * CHUNK_BYTES
                length = min(CHUNK_BYTES, file.size - start)
                window = scratch[:length] if buffer is None else buffer[start : start + length]
                if _fill(stream, window) < length:
                    raise DamagedFile(f"{path}: truncated, the manifest says {file.size} bytes")
                if hashlib.sha256(window).hexdigest() != expected:
                    raise DamagedFile(f"{path}: chunk {index} (from byte {start}) does not match its SHA-256")
                whole.update(window)
            if stream.read(1):
                raise DamagedFile(f"{path}: longer than the {file.size} bytes that the manifest says")
    except OSError as error:
        raise DamagedFile(f"{path}: {error.strerror}") from error
    if whole.hexdigest() != file.sha256:
        raise DamagedFile(f"{path}: does not match its SHA-256")


def open_verified(scorer: Scorer, directory: Path, file: SnapshotFile) -> None:
    """Reads `file` straight into the module's memory and opens it there. A damaged file is never opened."""
    read_verified(directory, file, scorer.reserve(file.size))
    scorer.open(file.abi_kind, file.size)


def _fill(stream, window: memoryview) -> int:
    filled = 0
    while filled < len(window):
        count = stream.readinto(window[filled:])
        if not count:
            break
        filled += count
    return filled
