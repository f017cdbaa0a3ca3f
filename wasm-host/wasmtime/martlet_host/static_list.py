"""The last resort: a list that `martlet build` wrote, for the time in which no snapshot can be served."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

FALLBACK_NAME = "fallback.json"
COUNT = 10


class BadList(Exception):
    """The file holds no list; the message names it."""


class StaticList:
    """An answer of `/recommendations` without anything of the visitor's in it."""

    def __init__(self, document: dict[str, Any]):
        self._items = document["items"]
        self._work = document.get("work")
        self._about = {name: value for name, value in document.items() if name not in ("items", "context", "work")}

    @classmethod
    def read(cls, path: Path) -> StaticList:
        try:
            document = json.loads(path.read_bytes())
        except OSError as error:
            raise BadList(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise BadList(f"{path}: not JSON: {error}") from error
        items = document.get("items") if isinstance(document, dict) else None
        if not isinstance(items, list) or not items or not all(isinstance(item, dict) and "item_id" in item for item in items):
            raise BadList(f"{path}: holds no items")
        return cls(document)

    def answer(self, query: bytes) -> bytes:
        """What the module would answer, as far as one list goes: `n`, `exclude`, `item_id` and `placements` hold."""
        parameters = dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True))
        excluded = {*parameters.get("exclude", "").split(","), parameters.get("item_id")}
        left = iter([item for item in self._items if item["item_id"] not in excluded])

        def row(context: str | None, n: str | None) -> dict[str, Any]:
            """No item comes twice."""
            items = list(islice(left, _count(n)))
            return {"items": items, "context": context or "homepage", "work": self._work}

        if parameters.get("placements"):
            placements = [placement.partition(":") for placement in parameters["placements"].split(",")]
            rows = [row(context, n or parameters.get("n")) for context, _, n in placements]
            document = {"placements": rows, **self._about}
        else:
            document = {**row(parameters.get("context"), parameters.get("n")), **self._about}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _count(text: str | None) -> int:
    return int(text) if re.fullmatch("[1-9][0-9]{0,3}", text or "") else COUNT
