"""The host as a process: start, failures at start, following the manifest, shutdown by signal."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from martlet_host.__main__ import main
from martlet_host.checks import key


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


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--port", "99999", "--port: 99999 is not from 0 to 65535"),
        ("--port", "-1", "--port: -1 is not from 0 to 65535"),
        ("--host", "192.0.2.1", "--host 192.0.2.1 --port 0: Cannot assign requested address"),
        ("--cors", "shop", "--cors: shop is not an origin such as https://shop.example, or *"),
        ("--cors", "https://shop.example/", "--cors: https://shop.example/ is not an origin such as https://shop.example, or *"),
        ("--events", "/dev/null/log", "--events /dev/null/log: Not a directory"),
        ("--storefront", "nowhere", "--storefront nowhere: no such folder"),
        ("--region-memory", "-1", "--region-memory: -1 is negative"),
        ("--key-env", "NO_SUCH_KEY", "--key-env: the environment has no variable NO_SUCH_KEY"),
        ("--key-env", "SHORT_KEY", "--key-env SHORT_KEY: the value is not base64url of 16 bytes or more"),
        ("--key-env", "BASE64_KEY", "--key-env BASE64_KEY: the value is not base64url of 16 bytes or more"),
    ],
)
def test_what_cannot_hold_is_one_line_that_names_the_option(folder, wasm_file, monkeypatch, capsys, option, value, said):
    monkeypatch.setenv("SHORT_KEY", "abc")
    monkeypatch.setenv("BASE64_KEY", "+/" * 16)
    assert main(command(folder.publish(), wasm_file, option, value)[3:]) == 1
    assert capsys.readouterr().err == f"martlet_host: {said}\n"


def test_the_key_may_have_padding(monkeypatch):
    monkeypatch.setenv("SHOP_KEY", "____________________-w==\n")
    assert key("SHOP_KEY") == "____________________-w"


def test_a_port_that_is_taken_is_named(folder, wasm_file, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(command(folder.publish(), wasm_file, "--port", str(port))[3:]) == 1
    assert capsys.readouterr().err == f"martlet_host: --port: {port} is in use on 127.0.0.1\n"


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
