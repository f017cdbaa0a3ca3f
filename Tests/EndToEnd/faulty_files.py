"""Running a program on a file system that fails on command, by a library preloaded into it (`faults.c`)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

RUN_S_MAX = 300


@dataclass(frozen=True)
class Call:
    """One that changes something below the folder."""

    number: int
    name: str
    path: str


@dataclass(frozen=True)
class FaultyFiles:
    library: Path

    def run(
        self,
        command: Sequence[object],
        folder: Path,
        kind: str = "",
        at: int = 0,
        log: Path | None = None,
        clock_s: int = 0,
        clock_at: int = 0,
    ) -> subprocess.CompletedProcess:
        """`at`: the call that fails, from 1; 0: none. `clock_s`: by how much the clock of the day is wrong, from call `clock_at` on."""
        environment = {"LD_PRELOAD": self.library, "FAULTS_DIR": folder, "FAULTS_KIND": kind, "FAULTS_AT": at}
        environment |= {"FAULTS_CLOCK": clock_s, "FAULTS_CLOCK_AT": clock_at}
        words = [f"{name}={value}" for name, value in (environment | ({"FAULTS_LOG": log} if log else {})).items()]
        command = ["env", *words, *map(str, command)]
        return subprocess.run(command, capture_output=True, text=True, timeout=RUN_S_MAX)

    def calls(self, command: Sequence[object], folder: Path, log: Path) -> list[Call]:
        """What an undisturbed run does."""
        done = self.run(command, folder, log=log)
        assert done.returncode == 0, done.stderr
        return [Call(number, *line.split(" ", 1)) for number, line in enumerate(log.read_text().splitlines(), 1)]


def compiled(folder: Path) -> FaultyFiles:
    compiler = next((path for name in ("cc", "clang", "gcc") if (path := shutil.which(name))), None)
    if compiler is None:
        pytest.skip("no C compiler on PATH")
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"], check=True)
    return FaultyFiles(library)
