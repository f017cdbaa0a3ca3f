"""The worker's own tests, which run under Node; its types; and what the platforms' files configure of the entries."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import wasmtime

WORKER = Path(__file__).resolve().parents[1]
FAULT_MODULE = WORKER.parent / "wasmtime" / "tests" / "fault_module.wat"


def run(*command: str, **environment: str) -> str:
    if shutil.which(command[0]) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=WORKER, env=os.environ | environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return done.stdout


def test_the_tests_under_node(tmp_path):
    module = tmp_path / "fault.wasm"
    module.write_bytes(wasmtime.wat2wasm(FAULT_MODULE.read_text()))
    output = run("node", "--test", "--test-reporter=tap", "tests/", MARTLET_FAULT_MODULE=str(module))
    counts = dict(re.findall(r"^# (pass|fail|skipped) (\d+)$", output, re.M))
    print(output)
    assert int(counts["pass"]) > 90 and counts["fail"] == counts["skipped"] == "0"


def test_the_types():
    run("tsc", "--project", "tsconfig.json")


def without_comments(text: str) -> str:
    """JSON from JSONC: comments go, those in strings stay."""
    return re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.S)


@pytest.fixture
def wrangler() -> tuple[dict, str]:
    text = (WORKER / "cloudflare" / "wrangler.jsonc").read_text()
    return json.loads(without_comments(text)), text


def test_wrangler_configures_all_that_the_entry_reads_and_nothing_else(wrangler):
    configuration, text = wrangler
    entry = (WORKER / "cloudflare" / configuration["main"]).read_text()
    read = set(re.findall(r"\benv\.([A-Z_]+)", entry))
    assert set(configuration["vars"]) < read
    bindings = {binding["binding"] for binding in configuration["kv_namespaces"]}
    offered = set(re.findall(r'"([A-Z_]{4,})"', text)) | set(re.findall(r"secret put ([A-Z_]+)", text))
    assert bindings < read
    assert offered == read, "the comments show the others"


def test_wranglers_other_choices_are_json_too(wrangler):
    _, text = wrangler
    choices = re.findall(r"^ *// (\"[^\"]+\": .*?),?$", text, re.M)
    assert len(choices) >= 6
    for choice in choices:
        json.loads("{" + choice + "}")


def test_wranglers_date_lets_requests_wait_for_each_other(wrangler):
    assert wrangler[0]["compatibility_date"] >= "2024-10-14"


def test_the_other_configurations_parse_and_name_files_that_exist():
    deno = json.loads((WORKER / "deno.json").read_text())
    entry = deno["deploy"]["runtime"]["entrypoint"]
    assert (WORKER / entry).is_file() and deno["tasks"]["serve"].split()[-1] == entry
    # What the entry imports and reads is deployed with it.
    folders = re.findall(r'"\.\./(\w+/)', (WORKER / entry).read_text())
    assert set(folders) | {"deno/"} == set(deno["deploy"]["include"])
    tomllib.loads((WORKER / "netlify" / "netlify.toml").read_text())
    json.loads((WORKER / "vercel" / "vercel.json").read_text())
    json.loads((WORKER / "package.json").read_text())


@pytest.mark.parametrize("source", sorted((WORKER / "src").glob("*.js")), ids=lambda path: path.name)
def test_the_core_uses_the_web_platform_alone(source):
    text = source.read_text()
    imports = re.findall(r'from "([^"]+)"', text)
    assert all(name.startswith("./") for name in imports)
    assert not re.findall(r"\b(process|Buffer|require|Deno|Netlify)\b[.(]", text)
    assert not re.findall(r"WebAssembly\.(compile|instantiate)|new WebAssembly\.Module", text)
