"""The entries of Deno, Netlify and Vercel on the planted shop: under `deno serve`, and outside of their platforms."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from builds import MODULE, ROOT
from edge import WORKER, Origin, build_shop, running_deno, static_list
from local_process import NotStarted
from requirements import needs

ASSETS = WORKER / "assets"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory) -> Path:
    folder = build_shop(tmp_path_factory.mktemp("platforms"))
    subprocess.run([ROOT / "scripts" / "worker-assets", folder], check=True)
    assert (ASSETS / "scorer.wasm").read_bytes() == MODULE.read_bytes()
    assert json.loads((ASSETS / "fallback.json").read_bytes()) == json.loads(static_list(folder))
    return folder


def test_deno_serve(snapshots, tmp_path):
    with running_deno(snapshots, tmp_path) as edge:
        answer = edge.ask("/recommendations?n=3", X_Region="North")
        assert json.loads(answer.body)["region"] == "North" and answer.items[0] == "teapot"
        edge.waits_for("request")
        assert [line["event"] for line in edge.lines()] == ["generation_served", "request"]


def test_deno_takes_the_path_of_a_folder(snapshots, tmp_path):
    with running_deno(snapshots, tmp_path, SNAPSHOTS=os.path.relpath(snapshots, WORKER)) as edge:
        assert edge.ask("/recommendations?n=3").degraded is None


def test_deno_says_what_cannot_hold(snapshots, tmp_path):
    for name, value in {"SNAPSHOTS": "nowhere", "CONSENT": "yes", "REFRESH_SECONDS": "soon"}.items():
        with pytest.raises(NotStarted, match=f"{name}: {value} is n"), running_deno(snapshots, tmp_path, **{name: value}):
            pass


def test_the_deno_task_serves_the_entry(snapshots):
    """The permissions and the address of the task are those that the tests above have."""
    task = json.loads((WORKER / "deno.json").read_text())["tasks"]["serve"]
    assert set(re.findall(r"--allow-\w+", task)) == {"--allow-net", "--allow-read", "--allow-env"}
    assert " --host 127.0.0.1 " in task
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


@pytest.fixture
def deployed(snapshots, tmp_path):
    """What a platform's command line takes: the folder with its configuration, and nothing beside it."""

    def deployed(platform: str) -> Path:
        if platform == "netlify":
            # Its edge functions are modules whatever stands there; to Vercel the folder says it.
            (tmp_path / "package.json").write_text('{"type": "module"}')
        return Path(shutil.copytree(WORKER / platform, tmp_path / platform))

    return deployed


def through(platform: str, folder: Path, site: Origin, **variables: str) -> dict:
    here = Path(__file__).parent
    command = [needs("node"), "--no-warnings", "--import", here / "platform_loader.mjs"]
    command += [here / "platform_entry.mjs", platform, folder, site.address.rstrip("/")]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize(("platform", "path"), [("netlify", "/martlet/*"), ("vercel", "/martlet/:path*")])
def test_entries_outside_of_their_platforms(platform, path, deployed, site):
    ran = through(platform, deployed(platform), site)
    assert path in ran["config"].values()
    recommendations, health, elsewhere = ran["answers"]
    answer = json.loads(recommendations["body"])
    assert recommendations["status"] == 200 and "martlet-degraded" not in recommendations["headers"]
    assert answer["region"] == "North" and answer["items"][0]["item_id"] == "teapot"
    assert (health["status"], elsewhere["status"]) == (200, 404)
    assert [line["event"] for line in ran["lines"]] == ["generation_served", "request", "request", "request"]
    assert ("scorer.wasm" in site.reads) == (platform == "netlify")


@pytest.mark.parametrize("platform", ["netlify", "vercel"])
def test_settings_of_entries_outside_of_their_platforms(platform, deployed, site):
    variables = {"CORS": "https://a.example, https://shop.example", "CACHE_SECONDS": "60", "REGION_HEADER": "X-Country"}
    folder = deployed(platform)
    ran = through(platform, folder, site, **{f"MARTLET_{name}": value for name, value in variables.items()})
    headers, body = ran["answers"][0]["headers"], json.loads(ran["answers"][0]["body"])
    assert body["region"] == "South", "what the header says, not the platform"
    assert headers["access-control-allow-origin"] == "https://shop.example"
    assert headers["cache-control"] == "public, max-age=0, s-maxage=60" and "X-Country" in headers["vary"].split(", ")
    with pytest.raises(AssertionError, match="MARTLET_CACHE_SECONDS: caches need MARTLET_REGION_HEADER"):
        through(platform, folder, site, MARTLET_CACHE_SECONDS="60")


def test_what_entries_import_is_made_anew(snapshots):
    left_behind = WORKER / "vercel" / "martlet" / "src" / "gone.js"
    left_behind.touch()
    subprocess.run([ROOT / "scripts" / "worker-assets", snapshots], check=True)
    for folder in ("vercel/martlet", "netlify/netlify/martlet"):
        names = {path.name for path in (WORKER / folder / "src").iterdir()}
        assert names == {path.name for path in (WORKER / "src").iterdir()}
    assert (WORKER / "netlify" / "public" / "scorer.wasm").read_bytes() == MODULE.read_bytes()


@pytest.mark.parametrize("platform", ["netlify", "vercel"])
def test_entries_answer_without_a_site(platform, deployed, site):
    site.files.clear()
    recommendations, health, _ = through(platform, deployed(platform), site)["answers"]
    assert recommendations["status"] == 200 and recommendations["headers"]["martlet-degraded"] == "no snapshot"
    assert len(json.loads(recommendations["body"])["items"]) == 3
    assert health["status"] == 503
