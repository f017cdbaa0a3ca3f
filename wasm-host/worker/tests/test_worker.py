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
    assert int(counts["pass"]) >= 130 and counts["fail"] == counts["skipped"] == "0"


def test_the_types():
    run("tsc", "--project", "tsconfig.json")


def without_comments(text: str) -> str:
    """JSON from JSONC: comments go, those in strings stay."""
    return re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.S)


def with_each_key_once(pairs: list[tuple[str, object]]) -> dict:
    made = dict(pairs)
    assert len(made) == len(pairs), [key for key, _ in pairs]
    return made


def configuration_of(text: str) -> dict:
    return json.loads(without_comments(text), object_pairs_hook=with_each_key_once)


@pytest.fixture
def wrangler() -> tuple[dict, str]:
    text = (WORKER / "cloudflare" / "wrangler.jsonc").read_text()
    return configuration_of(text), text


SETTINGS = set(re.findall(r'^  \w+: "([A-Z_]+)",$', (WORKER / "src" / "options.js").read_text(), re.M))
"""What every entry reads of its platform's variables, beside the secret."""


def test_wrangler_configures_all_that_the_entry_reads_and_nothing_else(wrangler):
    configuration, text = wrangler
    entry = (WORKER / "cloudflare" / configuration["main"]).read_text()
    assert "settingsFrom((name) => env[name]" in entry and len(SETTINGS) == 9
    read = set(re.findall(r"\benv\.([A-Z_]+)", entry)) | SETTINGS | {"MARTLET_KEY"}
    assert set(configuration["vars"]) < read
    bindings = {binding["binding"] for binding in configuration["kv_namespaces"]}
    offered = set(re.findall(r'"([A-Z_]{4,})"', text)) | set(re.findall(r"secret put ([A-Z_]+)", text))
    assert bindings < read
    assert offered == read, "the comments show the others"


# A choice begins with its key; one of several lines goes on to the line that closes it.
CHOICE = re.compile(r'^ *// "\w+": (?:[^\n]*[^\n\[]|\[\n(?: *//   [^\n]*\n)+ *// \],)$', re.M)


def test_wranglers_other_choices_can_be_taken_one_by_one_and_together(wrangler):
    configuration, text = wrangler
    choices = CHOICE.findall(text)
    taken = {re.search(r'"(\w+)"', choice)[1] for choice in choices}
    assert taken == {"r2_buckets", "assets", "queues", "routes", "REGION_HEADER", "SNAPSHOTS_PREFIX", "COLLECTOR_URL", "CORS"}

    def uncommented(choice: str) -> str:
        return re.sub(r"^( *)// ", r"\1", choice, flags=re.M)

    for choice in choices:
        assert configuration_of(text.replace(choice, uncommented(choice))) != configuration
    together = configuration_of(CHOICE.sub(lambda choice: uncommented(choice[0]), text))
    assert set(together) | set(together["vars"]) == set(configuration) | set(configuration["vars"]) | taken
    assert [bucket["binding"] for bucket in together["r2_buckets"]] == ["SNAPSHOTS", "EVENT_BUCKET"]


@pytest.mark.parametrize("platform", ["cloudflare", "deno", "netlify", "vercel"])
def test_the_guides_name_every_setting(platform):
    guide = (WORKER.parents[1] / "docs" / "deploy" / f"{platform}.md").read_text()
    if platform == "cloudflare":
        guide += (WORKER / "cloudflare" / "wrangler.jsonc").read_text()
    of_its_own_site = platform in ("netlify", "vercel")
    names = {f"MARTLET_{name}" for name in SETTINGS - {"PREFIX"}} if of_its_own_site else SETTINGS
    assert [name for name in sorted(names | {"MARTLET_KEY"}) if not re.search(rf"\b{name}\b", guide)] == []


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
