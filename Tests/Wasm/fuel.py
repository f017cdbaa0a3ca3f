"""Modules under wasmtime with fuel: how many steps a call takes, the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import wasmtime

KINDS = {"base": 1, "region": 2, "text": 4}
FUEL_MAX = 1 << 40


@cache
def compiled(path: Path) -> tuple[wasmtime.Engine, wasmtime.Module]:
    config = wasmtime.Config()
    config.consume_fuel = True
    engine = wasmtime.Engine(config)
    return engine, wasmtime.Module.from_file(engine, str(path))


def instance(path: Path, fuel: int) -> tuple[wasmtime.Store, Mapping[str, wasmtime.Func | wasmtime.Memory]]:
    """A fresh instance of a module, which may take `fuel` steps until it is given more. It imports nothing."""
    engine, module = compiled(path)
    assert not module.imports, f"{path.name} imports something"
    store = wasmtime.Store(engine)
    store.set_fuel(fuel)
    exports = wasmtime.Instance(store, module, []).exports(store)
    exports["_initialize"](store)
    return store, exports


class MeteredScorer:
    def __init__(self, path: Path):
        self._store, self._exports = instance(path, FUEL_MAX)
        self._memory = self._exports["memory"]
        self.used = 0
        """Fuel of the last `open` or `handle`."""

    def open(self, kind: str, file: bytes) -> bytes:
        """Empty, or the problem."""
        address = self._call("martlet_reserve", len(file))
        self._memory.write(self._store, file, address)
        length = self._metered("martlet_open", KINDS[kind], len(file))
        return self._response(length)

    def handle(self, message: bytes) -> bytes:
        address = self._call("martlet_request", len(message))
        assert address, "the message is too long"
        self._memory.write(self._store, message, address)
        return self._response(self._metered("martlet_handle", len(message)))

    def _metered(self, name: str, *arguments: int) -> int:
        self._store.set_fuel(FUEL_MAX)
        result = self._call(name, *arguments)
        self.used = FUEL_MAX - self._store.get_fuel()
        return result

    def _call(self, name: str, *arguments: int) -> int:
        return (self._exports[name](self._store, *arguments) or 0) & 0xFFFFFFFF

    def _response(self, length: int) -> bytes:
        start = self._call("martlet_response")
        return bytes(self._memory.read(self._store, start, start + length)) if length else b""
