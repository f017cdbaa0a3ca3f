"""`martlet publish` against a real S3 server and against the calls that wrangler gets."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from builds import MARTLET, manifest_of
from local_process import serving

BUCKET = "snapshots"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="module")
def snapshots(small_shop) -> Path:
    return small_shop[0]


@pytest.fixture(scope="module")
def s3():
    """A client of an S3 server (moto) on the loopback interface, with an empty bucket."""
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    with serving(command, r"(http://127\.0\.0\.1:\d+)") as server:
        keys = {name.lower(): value for name, value in CREDENTIALS.items()}
        client = boto3.client("s3", endpoint_url=server.address, region_name="us-east-1", **keys)
        client.create_bucket(Bucket=BUCKET)
        yield client


def publish(directory: Path, *options: str, **environment: str) -> subprocess.CompletedProcess:
    command = [str(MARTLET), "publish", str(directory), *options]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=120)


def fetched(s3, name: str) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=f"shop/{name}")["Body"].read()


def test_a_generation_reaches_the_bucket_whole(snapshots, s3):
    options = ["--to", f"s3://{BUCKET}/shop", "--endpoint", s3.meta.endpoint_url]
    done = publish(snapshots, *options, **CREDENTIALS)
    assert done.returncode == 0, done.stderr
    assert fetched(s3, "manifest.json") == (snapshots / "manifest.json").read_bytes()
    for file in manifest_of(snapshots)["files"]:
        assert hashlib.sha256(fetched(s3, file["name"])).hexdigest() == file["sha256"]
    again = publish(snapshots, *options, **CREDENTIALS)
    assert f"0 files, 0 bytes brought, {len(manifest_of(snapshots)['files'])} there before" in again.stderr


def test_a_bucket_that_is_not_there_is_named(snapshots, s3):
    done = publish(snapshots, "--to", "s3://nowhere", "--endpoint", s3.meta.endpoint_url, **CREDENTIALS)
    assert done.returncode != 0
    assert "s3://nowhere/" in done.stderr and "404" in done.stderr


def test_without_credentials_nothing_is_tried(snapshots):
    done = publish(snapshots, "--to", f"s3://{BUCKET}", "--endpoint", "http://127.0.0.1:9", AWS_SECRET_ACCESS_KEY="")
    assert done.returncode != 0 and "AWS_ACCESS_KEY_ID" in done.stderr


@pytest.mark.parametrize(
    ("destination", "put"),
    [
        ("kv:abc", ["kv", "key", "put", "{name}", "--path", "{path}", "--namespace-id", "abc", "--remote"]),
        ("r2:bucket/shop", ["r2", "object", "put", "bucket/shop/{name}", "--file", "{path}", "--remote"]),
    ],
)
def test_wrangler_is_called_for_each_file_and_the_manifest_last(snapshots, tmp_path, destination, put):
    """A program in wrangler's place, which is an npm package and needs its registry: this holds the calls against its documented options."""
    calls = tmp_path / "calls"
    wrangler = tmp_path / "bin" / "wrangler"
    wrangler.parent.mkdir()
    wrangler.write_text(f'#!/bin/sh\necho "$@" >>{calls}\necho "[]"\n')
    wrangler.chmod(wrangler.stat().st_mode | stat.S_IXUSR)
    done = publish(snapshots, "--to", destination, PATH=f"{wrangler.parent}:{os.environ['PATH']}")
    assert done.returncode == 0, done.stderr
    manifest = manifest_of(snapshots)
    names = [(file["name"], file["name"]) for file in manifest["files"]]
    names += [(f"manifest-{manifest['generation']}.json", f"manifest-{manifest['generation']}.json"), ("manifest.json", f"manifest-{manifest['generation']}.json")]
    expected = [" ".join(put).format(name=name, path=snapshots / source) for name, source in names]
    assert [line for line in calls.read_text().splitlines() if " put " in line] == expected


def test_wranglers_own_words_reach_the_caller(snapshots, tmp_path):
    wrangler = tmp_path / "wrangler"
    wrangler.write_text("#!/bin/sh\necho 'not logged in' >&2\nexit 3\n")
    wrangler.chmod(wrangler.stat().st_mode | stat.S_IXUSR)
    done = publish(snapshots, "--to", "kv:abc", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode != 0 and "not logged in" in done.stderr and "status 3" in done.stderr


def published_names(target: Path) -> set[str]:
    manifest = manifest_of(target)
    return {file["name"] for file in manifest["files"]} | {"manifest.json", f"manifest-{manifest['generation']}.json"}


def test_what_a_killed_copy_left_in_a_directory_is_removed_after_a_day(snapshots, tmp_path):
    """And nothing else: what another copy may be writing, whoever it belongs to, and whatever has other names."""
    target = tmp_path / "target"
    target.mkdir()
    ended = subprocess.Popen(["true"])
    ended.wait()
    base = manifest_of(snapshots)["files"][0]["name"]
    left = [f".{name}.1f{ended.pid}.new" for name in (base, "manifest.json", "manifest-0123456789abcdef.json")]
    young = [f".{base}.{ended.pid}.new", f".{base}.{os.getpid()}.new", ".manifest.json.0123456789abcdef.new"]
    others = [".notes.1.new", f".{base}.new", f".{base}.copy.new", f"{base}.1.new"]
    hours = dict.fromkeys(left, 25) | dict.fromkeys(young, 23) | dict.fromkeys(others, 25)
    for name, age in hours.items():
        (target / name).write_text("half")
        os.utime(target / name, (written := time.time() - 3600 * age, written))
    done = publish(snapshots, "--to", str(target))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in target.iterdir()} == published_names(target) | set(young) | set(others)


def test_a_copy_is_as_new_as_its_writing(snapshots, tmp_path):
    """However old what is copied: by its age another copy tells whether it is still being written."""
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(snapshots, source)
    for path in source.iterdir():
        os.utime(path, (0, 0))
    assert publish(source, "--to", str(target)).returncode == 0
    assert all(time.time() - path.stat().st_mtime < 3600 for path in target.iterdir())


def test_a_copy_that_was_killed_stops_none_of_the_same_process_id(snapshots, tmp_path):
    """In a container every run may have the same one."""
    target = tmp_path / "target"
    target.mkdir()
    left = [f".{name}.$$.new" for name in (manifest_of(snapshots)["files"][0]["name"], "manifest.json")]
    script = f'cd "$1" && touch {" ".join(left)} && exec "$2" publish "$3" --to "$1"'
    done = subprocess.run(["sh", "-c", script, "sh", target, MARTLET, snapshots], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in target.iterdir()} > published_names(target)


def test_the_static_list_is_the_scorers_own_answer(snapshots):
    listed = json.loads((snapshots / "fallback.json").read_text())
    assert len(listed["items"]) == 40 and listed["generation"] == manifest_of(snapshots)["generation"]
    assert all(item["reason"]["source"] == "popularity" for item in listed["items"])
