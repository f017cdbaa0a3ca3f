"""The entries of Deno, Netlify and Vercel on the planted shop: under `deno serve`, and outside of their platforms."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from builds import MODULE, ROOT
from edge import WORKER, Origin, build_shop, static_list

ASSETS = WORKER / "assets"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory) -> Path:
    folder = build_shop(tmp_path_factory.mktemp("platforms"))
    subprocess.run([ROOT / "scripts" / "worker-assets", folder], check=True)
    assert (ASSETS / "scorer.wasm").read_bytes() == MODULE.read_bytes()
    assert json.loads((ASSETS / "fallback.json").read_bytes()) == json.loads(static_list(folder))
    return folder


def needs(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not installed")
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_deno_serve(snapshots, tmp_path):
    deno = needs("deno")
    port = free_port()
    command = [deno, "serve", "--quiet", "--allow-net", "--allow-read", "--allow-env"]
    command += ["--host", "127.0.0.1", "--port", str(port), "deno/main.js"]
    settings = {"SNAPSHOTS": snapshots.as_uri(), "REGION_HEADER": "X-Region", "DENO_DIR": str(tmp_path / "deno")}
    environment = os.environ | settings
    log = tmp_path / "log"
    with open(log, "wb") as stream:
        process = subprocess.Popen(command, cwd=WORKER, env=environment, stdout=stream, stderr=stream)
    try:
        deadline = time.monotonic() + 60
        while True:
            request = urllib.request.Request(f"http://127.0.0.1:{port}/recommendations?n=3", headers={"X-Region": "North"})
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    answer = json.load(response)
                    break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
        assert answer["region"] == "North" and answer["items"][0]["item_id"] == "teapot"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    events = [json.loads(line)["event"] for line in log.read_text().splitlines() if line.startswith("{")]
    assert events == ["generation_served", "request"]


def test_the_deno_task_serves_the_entry(snapshots):
    """The permissions of the task are those that the test above has."""
    task = json.loads((WORKER / "deno.json").read_text())["tasks"]["serve"]
    assert set(re.findall(r"--allow-\w+", task)) == {"--allow-net", "--allow-read", "--allow-env"}
    command = [needs("deno"), "check", "--quiet", "deno/main.js"]
    done = subprocess.run(command, cwd=WORKER, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def site(snapshots):
    """The site that the guide describes: snapshots and module among its files."""
    origin = Origin()
    origin.files["scorer.wasm"] = MODULE.read_bytes()
    for path in snapshots.iterdir():
        origin.files[f"snapshots/{path.name}"] = path.read_bytes()
    yield origin
    origin.close()


def through(platform: str, site: Origin) -> dict:
    here = Path(__file__).parent
    command = [needs("node"), "--no-warnings", "--import", here / "platform_loader.mjs"]
    command += [here / "platform_entry.mjs", platform, site.address.rstrip("/")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(("platform", "path"), [("netlify", "/martlet/*"), ("vercel", "/martlet/:path*")])
def test_entries_outside_of_their_platforms(platform, path, site):
    ran = through(platform, site)
    assert path in ran["config"].values()
    recommendations, health, elsewhere = ran["answers"]
    answer = json.loads(recommendations["body"])
    assert recommendations["status"] == 200 and "martlet-degraded" not in recommendations["headers"]
    assert answer["region"] == "North" and answer["items"][0]["item_id"] == "teapot"
    assert (health["status"], elsewhere["status"]) == (200, 404)
    assert [line["event"] for line in ran["lines"]] == ["generation_served", "request", "request", "request"]
    assert ("scorer.wasm" in site.reads) == (platform == "netlify")


@pytest.mark.parametrize("platform", ["netlify", "vercel"])
def test_entries_answer_without_a_site(platform, site):
    site.files.clear()
    recommendations, health, _ = through(platform, site)["answers"]
    assert recommendations["status"] == 200 and recommendations["headers"]["martlet-degraded"] == "no snapshot"
    assert len(json.loads(recommendations["body"])["items"]) == 3
    assert health["status"] == 503
