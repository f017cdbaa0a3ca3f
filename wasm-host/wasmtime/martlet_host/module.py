"""The scorer module under wasmtime: compile once, instantiate often, pass HTTP messages in and out.

The module has no imports and owns all of its memory: the host writes only where an export told it to,
and only as many bytes as it asked for.
"""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path

import wasmtime

ABI_VERSION = 1
EXPORTS = (
    "martlet_abi_version", "martlet_reserve", "martlet_open",
    "martlet_request", "martlet_handle", "martlet_response", "martlet_warm_up",
)  # fmt: skip
DEADLINE_TICK_S = 0.25
DEADLINE_TICKS = 8
"""A call may last two seconds, where microseconds are usual; then it traps instead of blocking the server."""


class ModuleError(Exception):
    """The file is not a scorer module that this host can run."""


class Refused(Exception):
    """The module answered that it will not open a file, and why. The instance still works."""


class ScorerFault(Exception):
    """The instance trapped, ran too long or broke the ABI: it must not be used again."""


class ScorerModule:
    """A compiled module. Thread-safe; instances are not."""

    def __init__(self, wasm: bytes | str | Path, memory_bytes_max: int = 512 << 20):
        config = wasmtime.Config()
        config.epoch_interruption = True
        self.engine = wasmtime.Engine(config)
        self.memory_bytes_max = memory_bytes_max
        try:
            source = wasm if isinstance(wasm, bytes) else Path(wasm).read_bytes()
            self.module = wasmtime.Module(self.engine, source)
        except OSError as error:
            raise ModuleError(f"cannot read the module: {error}") from error
        except wasmtime.WasmtimeError as error:
            raise ModuleError(f"not a WebAssembly module: {error}") from error
        imports = [f"{i.module}.{i.name}" for i in self.module.imports]
        if imports:
            raise ModuleError(f"the module must have no imports, it has {', '.join(imports)}")
        missing = {"memory", "_initialize", *EXPORTS} - {e.name for e in self.module.exports}
        if missing:
            raise ModuleError(f"the module does not export {', '.join(sorted(missing))}")
        _start_ticking(self.engine)


def _start_ticking(engine: wasmtime.Engine) -> None:
    """Advances the clock that deadlines are measured with, for as long as the process lives."""

    def tick() -> None:
        pause = threading.Event()
        while not pause.wait(DEADLINE_TICK_S):
            engine.increment_epoch()

    threading.Thread(target=tick, name="wasm-deadline", daemon=True).start()


class Scorer:
    """One instance. Not thread-safe: callers take turns."""

    def __init__(self, module: ScorerModule):
        self._store = wasmtime.Store(module.engine)
        self._store.set_limits(memory_size=module.memory_bytes_max)
        self._store.set_epoch_deadline(DEADLINE_TICKS)
        try:
            exports = wasmtime.Instance(self._store, module.module, []).exports(self._store)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise ScorerFault(f"cannot instantiate: {error}") from error
        self._memory: wasmtime.Memory = exports["memory"]
        self._functions = {name: exports[name] for name in ("_initialize", *EXPORTS)}
        self._call("_initialize")
        version = self._call("martlet_abi_version")
        if version != ABI_VERSION:
            raise ModuleError(f"the module speaks ABI version {version}, this host {ABI_VERSION}")

    def reserve(self, size: int) -> memoryview:
        """A window on `size` bytes of the module's memory, to be filled with a file before `open`.

        It is valid until the next call into the instance, which may move the memory.
        """
        address = self._call("martlet_reserve", size)
        if address == 0:
            raise Refused(f"the module has no room for a file of {size} bytes")
        return self._window(address, size)

    def open(self, kind: int, size: int) -> None:
        """Opens the file of `size` bytes that stands in the buffer reserved last."""
        length = self._call("martlet_open", kind, size)
        if length:
            raise Refused(self._response(length).decode("utf-8", "replace"))

    def handle(self, message: bytes) -> bytes:
        """The response message to an HTTP/1.1 request message."""
        address = self._call("martlet_request", len(message))
        if address == 0:
            raise Refused(f"the module does not take a request of {len(message)} bytes")
        self._window(address, len(message))[:] = message
        return self._response(self._call("martlet_handle", len(message)))

    def warm_up(self) -> None:
        """Runs what a first request would, so that no visitor waits for it."""
        self._call("martlet_warm_up")

    @property
    def memory_bytes(self) -> int:
        return self._memory.data_len(self._store)

    def _call(self, name: str, *arguments: int) -> int:
        self._store.set_epoch_deadline(DEADLINE_TICKS)
        try:
            result = self._functions[name](self._store, *arguments)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            raise ScorerFault(f"{name}: {error}") from error
        return (result or 0) & 0xFFFF_FFFF  # addresses and sizes are unsigned, the bindings sign them

    def _response(self, length: int) -> bytes:
        return bytes(self._window(self._call("martlet_response"), length))

    def _window(self, address: int, size: int) -> memoryview:
        if address + size > self._memory.data_len(self._store):
            raise ScorerFault(f"the module names {size} bytes at {address}, outside of its memory")
        start = ctypes.addressof(self._memory.data_ptr(self._store).contents) + address
        return memoryview((ctypes.c_ubyte * size).from_address(start)).cast("B")
