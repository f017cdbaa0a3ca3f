"""The scorer as it ships, made to fail at will: by the first letters of a request's path, in the middle of being asked."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from requirements import needs

FAULTS = ("trap", "wild", "deep", "hurt", "late")
"""Traps; reads outside of memory; calls itself for ever; overwrites what it has written beside the snapshot and traps; answers the
request in full and then traps. Beside these, `loop` never returns, which only a host with deadlines survives."""

# Offsets of 5 skip `GET /`. Strings are compared as the four bytes that they are.
WRAPPERS = """
 (global $asked (mut i32) (i32.const 0))
 (func $faulty_request (param $size i32) (result i32)
  (global.set $asked (call {request} (local.get $size)))
  (global.get $asked))
 (func $deep (param $depth i32) (result i32)
  (i32.add (call $deep (i32.add (local.get $depth) (i32.const 1))) (local.get $depth)))
 (func $is (param $word i32) (result i32)
  (i32.eq (i32.load offset=5 align=1 (global.get $asked)) (local.get $word)))
 (func $faulty_handle (param $size i32) (result i32)
  (if (call $is (i32.const {trap})) (then (unreachable)))
  (if (call $is (i32.const {wild})) (then (drop (i32.load (i32.const -16)))))
  (if (call $is (i32.const {deep})) (then (drop (call $deep (local.get $size)))))
  (if (call $is (i32.const {hurt})) (then
   (memory.fill (i32.const 1024) (i32.const 170) (i32.const 65536))
   (unreachable)))
  (if (call $is (i32.const {late})) (then (drop (call {handle} (local.get $size))) (unreachable)))
  (if (call $is (i32.const {loop})) (then (loop $for_ever (br $for_ever))))
  (call {handle} (local.get $size)))
"""


def write_trapping_scorer(module: Path, target: Path) -> Path:
    """Puts wrappers around two exports of `module`; all else stays as it is."""
    needs("wasm-dis")
    features = ["--enable-simd", "--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int"]
    text = subprocess.run(["wasm-dis", *features, module], capture_output=True, text=True, check=True).stdout
    functions = dict(re.findall(r'\(export "martlet_(request|handle)" \(func (\S+)\)\)', text))
    words = {word: int.from_bytes(word.encode(), "little") for word in (*FAULTS, "loop")}
    for name, function in functions.items():
        text = text.replace(f'"martlet_{name}" (func {function})', f'"martlet_{name}" (func $faulty_{name})')
    end = text.rstrip().rindex(")")
    source = target.with_suffix(".wat")
    source.write_text(text[:end] + WRAPPERS.format(**functions, **words) + ")\n")
    subprocess.run(["wasm-as", *features, source, "-o", target], check=True)
    return target
