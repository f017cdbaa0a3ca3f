"""The host as a process: start, failures at start, following the manifest, shutdown by signal."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


@pytest.fixture
def wasm_file(tmp_path_factory, fault_wasm):
    path = tmp_path_factory.mktemp("module") / "fault.wasm"
    path.write_bytes(fault_wasm)
    return path


def command(snapshots, module, *more: str) -> list[str]:
    options = ["--snapshots", str(snapshots), "--module", str(module), "--port", "0"]
    return [sys.executable, "-m", "martlet_host", *options, *more]


@contextlib.contextmanager
def host(*arguments: str):
    with subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stderr:
                if address := re.search(r"http://\S+", line):
                    break
            yield process, address[0]
        finally:
            process.kill()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def eventually(condition, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.05)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_follows_the_manifest_and_ends_normally(folder, wasm_file, stop):
    with host(folder.publish(), wasm_file) as (process, address):
        assert "1base001" in get(f"{address}/files")[1]
        folder.publish("g2", base=b"base002" * 10)
        eventually(lambda: "1base002" in get(f"{address}/files")[1])
        process.send_signal(stop)
        assert process.wait(20) == 0


def test_without_a_manifest_it_does_not_start_and_says_why(tmp_path, wasm_file):
    done = subprocess.run(command(tmp_path, wasm_file), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"nothing to serve: {tmp_path}/manifest.json: No such file" in done.stderr


def test_it_can_wait_for_the_first_snapshot(folder, wasm_file):
    with host(folder.path, wasm_file, "--wait") as (_, address):
        assert get(f"{address}/files")[0] == 503
        folder.publish()
        eventually(lambda: get(f"{address}/files")[0] == 200)


def test_until_there_is_a_snapshot_the_list_beside_it_answers(folder, wasm_file):
    (folder.path / "fallback.json").write_text('{"items":[{"item_id":"i0"}]}')
    with host(folder.path, wasm_file, "--wait") as (_, address):
        status, text = get(f"{address}/recommendations")
        assert status == 200 and json.loads(text)["items"] == [{"item_id": "i0"}]


def test_a_list_that_is_none_is_named(folder, wasm_file):
    done = subprocess.run(command(folder.publish(), wasm_file, "--fallback", "nowhere.json"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "nowhere.json: No such file" in done.stderr


@pytest.mark.parametrize("quiet", [False, True])
def test_standard_output_has_a_json_line_for_each_request_and_nothing_else(folder, wasm_file, quiet):
    arguments = [*command(folder.publish(), wasm_file), *(["--quiet"] if quiet else [])]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line)))
            get(f"{address}/recommendations?user_id=eve")
            process.send_signal(signal.SIGTERM)
            lines = process.communicate(timeout=20)[0].splitlines()
        finally:
            process.kill()
    assert [json.loads(line)["path"] for line in lines] == ([] if quiet else ["/recommendations"])


def test_a_module_that_is_none_is_named(folder):
    module = folder.publish() / "manifest.json"
    done = subprocess.run(command(folder.path, module), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "not a WebAssembly module" in done.stderr
