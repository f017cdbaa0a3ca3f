"""Starting a server on the loopback interface, waiting for the line in which it names its address, and ending it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

START_S = 60
STOP_S = 10


class NotStarted(Exception):
    """The server did not start; the message holds its own words."""


@dataclass(frozen=True)
class Server:
    address: str
    log: Path
    """All that it has written, while it runs."""
    process: subprocess.Popen


@contextlib.contextmanager
def serving(
    command: Sequence[object], pattern: str = r"listening on (http://\S+)", cwd: Path | None = None, **environment: str
) -> Iterator[Server]:
    """`pattern`: what the server writes once it listens, its address in a group. `environment`: beside what this process has."""
    with tempfile.NamedTemporaryFile("rb", suffix=".log") as file:
        log = Path(file.name)
        words = [str(part) for part in command]
        process = subprocess.Popen(words, cwd=cwd, env=os.environ | environment, stdout=file, stderr=file)
        try:
            yield Server(_address(process, log, pattern), log, process)
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen, log: Path, pattern: str) -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        words = log.read_text()
        if found := re.search(pattern, words):
            return found[1]
        if process.poll() is not None:
            raise NotStarted(f"the server ended with status {process.returncode}:\n{words}")
        time.sleep(0.05)
    raise NotStarted(f"the server did not start within {START_S} s:\n{log.read_text()}")
