"""Local host of the Martlet scorer: the wasm module under wasmtime, behind a small ASGI server."""
