"""A shop's static files at `/`, before the routes of the module."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from .observation import ENTRY

INDEX = "index.html"


class Storefront:
    """Of several folders the first that has a file serves it; what none of them has is the module's."""

    def __init__(self, folders: Sequence[Path], endpoint: ASGIApp):
        self._folders = [StaticFiles(directory=folder, html=True) for folder in folders]
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        files = self._folder_of(scope) if scope["method"] in ("GET", "HEAD") else None
        if files is None:
            return await self._endpoint(scope, receive, send)
        scope[ENTRY].path = "file"

        async def send_fresh(message: dict) -> None:
            # Asked for again each time: what is being worked on should be seen at once.
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", b"no-cache")]
            await send(message)

        await files(scope, receive, send_fresh)

    def _folder_of(self, scope: Scope) -> StaticFiles | None:
        for files in self._folders:
            path = files.get_path(scope)
            _, found = files.lookup_path(INDEX if path == "." else path)
            if found and stat.S_ISREG(found.st_mode):
                return files
        return None
