"""Starting and stopping the local host from a script, and a client that keeps its cookies as a browser does."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from local_process import serving

@contextlib.contextmanager
def running(snapshots: Path, module: Path, *options: str, port: int = 0) -> Iterator[str]:
    """The address of a host on a free port of the loopback interface, stopped at the end."""
    command = [sys.executable, "-m", "martlet_host", "--snapshots", snapshots, "--module", module]
    with serving([*command, "--port", port, *options]) as server:
        yield server.address


class Visitor:
    """One browser: its requests share a session."""

    def __init__(self, address: str):
        self.address = address
        # The session cookie is for secure connections; like browsers, take the loopback interface for one.
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._cookies = http.cookiejar.CookieJar(policy)
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def get(self, path: str, **query: object) -> tuple[int, dict]:
        target = f"{path}?{urllib.parse.urlencode(query)}" if query else path
        return self._ask(urllib.request.Request(self.address + target))

    def post(self, path: str, document: object) -> tuple[int, dict]:
        headers = {"Content-Type": "application/json"}
        body = json.dumps(document).encode()
        return self._ask(urllib.request.Request(self.address + path, data=body, headers=headers))

    def _ask(self, request: urllib.request.Request) -> tuple[int, dict]:
        try:
            with self._opener.open(request, timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")
