"""The ways to run the scorer. Each answers a list of messages, by one instance, or by a fresh one for each message."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import wasmtime
from exchanges import split_messages
from martlet_host.loading import open_verified
from martlet_host.manifest import Manifest
from martlet_host.module import Scorer, ScorerModule

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"


@dataclass(frozen=True)
class Engine:
    name: str
    answer: Callable[[Path, list[bytes], bool], list[bytes]]
    """Snapshot folder, messages, whether each gets a fresh instance."""
    program: str | None = None
    """The command that must be installed."""

    @property
    def is_installed(self) -> bool:
        return self.program is None or shutil.which(self.program) is not None


def snapshot_files(snapshots: Path) -> list[Path]:
    manifest = Manifest.read(snapshots)
    return [snapshots / file.name for file in [*manifest.common_files, *manifest.region_files]]


def native(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    command = [DIST / "martlet", "answer", "--snapshots", snapshots, *(["--fresh"] if fresh else [])]
    return _piped(command, messages)


def reactor(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    module = ScorerModule(DIST / "scorer.wasm")
    manifest = Manifest.read(snapshots)

    def instance() -> Scorer:
        scorer = Scorer(module)
        for file in [*manifest.common_files, *manifest.region_files]:
            open_verified(scorer, snapshots, file)
        return scorer

    if fresh:
        return [instance().handle(message) for message in messages]
    scorer = instance()
    scorer.warm_up()
    return [scorer.handle(message) for message in messages]


def wasi_command(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    engine = wasmtime.Engine()
    module = wasmtime.Module.from_file(engine, DIST / "scorer-cli.wasm")
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    arguments = ["scorer-cli", *(f"snapshots/{file.name}" for file in snapshot_files(snapshots))]

    def run(stdin: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            inward, outward = Path(folder, "in"), Path(folder, "out")
            inward.write_bytes(stdin)
            wasi = wasmtime.WasiConfig()
            wasi.argv = arguments
            wasi.preopen_dir(str(snapshots), "snapshots")
            wasi.stdin_file = str(inward)
            wasi.stdout_file = str(outward)
            wasi.inherit_stderr()
            store = wasmtime.Store(engine)
            store.set_wasi(wasi)
            try:
                linker.instantiate(store, module).exports(store)["_start"](store)
            except wasmtime.ExitTrap as ended:
                if ended.code != 0:
                    raise AssertionError(f"scorer-cli ended with status {ended.code}") from ended
            return outward.read_bytes()

    return _by_runs(run, messages, fresh)


def wasmkit(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    command = ["wasmkit", "run", "--dir", snapshots, DIST / "scorer-cli-portable.wasm", *snapshot_files(snapshots)]
    return _by_runs(lambda stdin: _run(command, stdin), messages, fresh)


def node(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    manifest = Manifest.read(snapshots)
    files = [f"{file.abi_kind}={snapshots / file.name}" for file in [*manifest.common_files, *manifest.region_files]]
    script = Path(__file__).with_name("node_engine.mjs")
    return _piped(["node", script, DIST / "scorer.wasm", "fresh" if fresh else "reused", *files], messages)


ENGINES = [
    Engine("native", native),
    Engine("wasmtime", reactor),
    Engine("wasmtime-wasi", wasi_command),
    Engine("wasmkit", wasmkit, program="wasmkit"),
    Engine("node", node, program="node"),
]


def _piped(command: list, messages: list[bytes]) -> list[bytes]:
    return split_messages(_run(command, b"".join(messages)))


def _by_runs(run: Callable[[bytes], bytes], messages: list[bytes], fresh: bool) -> list[bytes]:
    """For a command, a fresh instance is a run of its own."""
    streams = messages if fresh else [b"".join(messages)]
    return [message for stream in streams for message in split_messages(run(stream))]


def _run(command: list, stdin: bytes) -> bytes:
    done = subprocess.run([os.fspath(part) for part in command], input=stdin, capture_output=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with status {done.returncode}: {done.stderr.decode()[-2000:]}")
    return done.stdout
