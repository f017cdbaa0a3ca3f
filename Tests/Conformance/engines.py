"""The ways to run the scorer. Each answers a list of messages, by one instance, or by a fresh one for each message."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import browser
import wasmtime
from exchanges import split_messages
from martlet_host.loading import open_verified
from martlet_host.manifest import Manifest, SnapshotFile
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
        return self.program is None or command_path(self.program) is not None


def command_path(program: str) -> str | None:
    """Where a command is; Python packages bring some into the virtual environment, which need not be on PATH."""
    return shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))


def snapshot_files(snapshots: Path) -> list[Path]:
    return [snapshots / file.name for file in _opened_files(snapshots)]


def native(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    command = [DIST / "martlet", "answer", "--snapshots", snapshots, *(["--fresh"] if fresh else [])]
    return _piped(command, messages)


def reactor(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    module = ScorerModule(DIST / "scorer.wasm")

    def instance() -> Scorer:
        scorer = Scorer(module)
        for file in _opened_files(snapshots):
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
    return _javascript(["node"], snapshots, messages, fresh)


def deno(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    return _javascript([command_path("deno"), "run", "--quiet", "--no-config", "--allow-read"], snapshots, messages, fresh)


def chromium(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    files = [(file.abi_kind, snapshots / file.name) for file in _opened_files(snapshots)]
    return split_messages(browser.answers(DIST / "scorer.wasm", files, b"".join(messages), fresh))


def cloudflare(snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    script = Path(__file__).with_name("cloudflare_engine.mjs")
    options = ["--experimental-vm-modules", "--expose-gc", "--no-warnings"]
    command = ["node", *options, script, DIST / "scorer.wasm", "fresh" if fresh else "reused", snapshots]
    return _piped(command, messages)


ENGINES = [
    Engine("native", native),
    Engine("wasmtime", reactor),
    Engine("wasmtime-wasi", wasi_command),
    Engine("wasmkit", wasmkit, program="wasmkit"),
    Engine("node", node, program="node"),
    Engine("deno", deno, program="deno"),
    Engine("chromium", chromium, program="chromium"),
    Engine("cloudflare-like", cloudflare, program="node"),
]


def _opened_files(snapshots: Path) -> list[SnapshotFile]:
    manifest = Manifest.read(snapshots)
    return [*manifest.common_files, *manifest.region_files]


def _javascript(runtime: list, snapshots: Path, messages: list[bytes], fresh: bool) -> list[bytes]:
    files = [f"{file.abi_kind}={snapshots / file.name}" for file in _opened_files(snapshots)]
    script = Path(__file__).with_name("node_engine.mjs")
    return _piped([*runtime, script, DIST / "scorer.wasm", "fresh" if fresh else "reused", *files], messages)


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
