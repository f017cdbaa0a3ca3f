import pytest
import wasmtime

from martlet_host.module import EXPORTS, ModuleError, Refused, Scorer, ScorerFault, ScorerModule


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\n\r\n".encode()


def put(scorer: Scorer, kind: int, content: bytes) -> None:
    scorer.reserve(len(content))[:] = content
    scorer.open(kind, len(content))


def test_a_message_goes_in_and_out_unchanged(fault_module):
    message = get("/e?q=%C3%A9") + bytes(range(256)) * 100
    assert Scorer(fault_module).handle(message).endswith(b"\r\n\r\n" + message)


def test_files_are_opened_where_the_module_said(fault_module):
    scorer = Scorer(fault_module)
    put(scorer, 1, b"first.." + b"x" * 3_000_000)  # makes the memory grow
    put(scorer, 2, b"second.")
    assert scorer.handle(get("/files")).endswith(b"1first..\n2second.\n")


def test_a_refused_file_says_why_and_leaves_the_instance_working(fault_module):
    scorer = Scorer(fault_module)
    with pytest.raises(Refused, match="begins with X"):
        put(scorer, 2, b"X......")
    assert scorer.handle(get("/files")).startswith(b"HTTP/1.1 200")


def test_more_memory_than_the_limit_is_refused(fault_wasm):
    scorer = Scorer(ScorerModule(fault_wasm, memory_bytes_max=4 << 20))
    with pytest.raises(Refused, match="no room"):
        scorer.reserve(8 << 20)


@pytest.mark.parametrize("path", ["/trap", "/loop", "/wild"])
def test_what_breaks_the_instance_is_a_fault(fault_module, path):
    with pytest.raises(ScorerFault):
        Scorer(fault_module).handle(get(path))


def test_a_message_too_large_for_the_module_is_refused(fault_module):
    with pytest.raises(Refused, match="131072"):
        Scorer(fault_module).handle(b"/" * 131072)


@pytest.mark.parametrize(
    ("wat", "reason"),
    [
        ("(module)", "does not export"),
        ('(module (import "wasi" "exit" (func)))', "wasi.exit"),
    ],
)
def test_other_modules_are_not_accepted(wat, reason):
    with pytest.raises(ModuleError, match=reason):
        ScorerModule(bytes(wasmtime.wat2wasm(wat)))


def test_bytes_that_are_no_module_are_not_accepted(tmp_path):
    with pytest.raises(ModuleError, match="not a WebAssembly module"):
        ScorerModule(b"\0asm nonsense")
    with pytest.raises(ModuleError, match="cannot read"):
        ScorerModule(tmp_path / "missing.wasm")


def test_another_abi_version_is_not_accepted():
    exports = "".join(f'(func (export "{name}") (result i32) (i32.const 2))' for name in EXPORTS)
    wat = f'(module (memory (export "memory") 1) (func (export "_initialize")) {exports})'
    with pytest.raises(ModuleError, match="ABI version 2"):
        Scorer(ScorerModule(bytes(wasmtime.wat2wasm(wat))))
