"""A module made for faults, and snapshot folders with made-up files: what is tested here is the host alone."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
import wasmtime

from martlet_host.manifest import CHUNK_BYTES
from martlet_host.module import ScorerModule


@pytest.fixture(scope="session")
def fault_wasm() -> bytes:
    return bytes(wasmtime.wat2wasm(Path(__file__).with_name("fault_module.wat").read_text()))


@pytest.fixture(scope="session")
def fault_module(fault_wasm) -> ScorerModule:
    return ScorerModule(fault_wasm)


class Folder:
    """A snapshot folder: a base, region `north` with parent `all`, region `south`, and a code without a file."""

    def __init__(self, path: Path):
        self.path = path
        self.files = {
            "base": ("base", None, None, b"base001" * 300_000),  # two chunks
            "all": ("region", "all", None, b"all0001" * 10),
            "north": ("region", "north", "all", b"north01" * 10),
            "south": ("region", "south", None, b"south01" * 10),
            "text": ("text", None, None, b"text001" * 10),
        }
        self.regions = {"N": "north", "S": "south", "Nowhere": "world", "world": "world"}
        self.document: dict = {}

    def publish(self, generation: str = "g1", **contents: bytes) -> Path:
        """Writes the files, then the manifest by rename, as `martlet build` does."""
        entries = []
        for key, (kind, region, parent, content) in self.files.items():
            content = contents.get(key, content)
            chunks = [content[i : i + CHUNK_BYTES] for i in range(0, len(content), CHUNK_BYTES)]
            digest = hashlib.sha256(content).hexdigest()
            name = f"{key}-{digest[:8]}.sqlite"
            self._write(name, content)
            entry = {"kind": kind, "name": name, "bytes": len(content), "sha256": digest}
            entry["chunks"] = [hashlib.sha256(chunk).hexdigest() for chunk in chunks]
            entries.append(entry | ({"region": region} if region else {}) | ({"parent": parent} if parent else {}))
        self.document = {
            "format": 1, "generation": generation, "built": "2024-01-01T00:00:00Z",
            "files": entries, "regions": self.regions,
        }  # fmt: skip
        self.write_manifest(self.document)
        return self.path

    def write_manifest(self, document: dict) -> None:
        self._write("manifest.json", json.dumps(document).encode())

    def _write(self, name: str, content: bytes) -> None:
        draft = self.path / f"{name}.new"
        draft.write_bytes(content)
        os.replace(draft, self.path / name)

    def file(self, key: str) -> Path:
        """The published file of `key`."""
        index = list(self.files).index(key)
        return self.path / self.document["files"][index]["name"]


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)
