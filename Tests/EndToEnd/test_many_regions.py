"""More regions than hosts read: what a build publishes of them is read by both hosts, and what they would refuse is not published."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from builds import MARTLET, MODULE
from local_host import Visitor, running
from martlet_host.manifest import FILES_MAX, MANIFEST_BYTES_MAX, WORLD, Manifest

TIME = 1_700_000_000
SHORT = [f"r{number}" for number in range(66_000)]
LONG = [f"{number:04}".ljust(255, '"') for number in range(6_000)]
GOODS = [{"item_id": "i1", "url": "/1"}]


def build(folder: Path, codes: list[str], catalogue: list[dict], configuration: str = "") -> subprocess.CompletedProcess:
    """One visit from each region, two from every tenth, which are the busiest."""
    visits = [*codes, *codes[::10]]
    events = [{"session_id": f"s{n}", "item_id": f"i{n % 20}", "time": TIME + n, "region": code} for n, code in enumerate(visits)]
    for name, rows in (("events.ndjson", events), ("catalogue.ndjson", catalogue)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "martlet.yaml").write_text(configuration)
    command = [MARTLET, "build", "--config", "martlet.yaml", "--events", "events.ndjson", "--catalogue", "catalogue.ndjson"]
    return subprocess.run([*command, "--out", "snapshots"], cwd=folder, capture_output=True, text=True, timeout=300)


def in_javascript(node: str, text: bytes) -> dict:
    command = [node, Path(__file__).with_name("manifest_reader.mjs")]
    return json.loads(subprocess.run(command, input=base64.b64encode(text), capture_output=True, check=True, timeout=60).stdout)


@pytest.mark.parametrize("codes", [SHORT, LONG], ids=["short", "long"])
def test_hosts_read_a_generation_of_more_regions_than_it_has_room_for(codes, tmp_path, node):
    sold = [{"item_id": "i1", "regions": ["elsewhere"]}, {"item_id": "i2", "regions": [codes[-1]]}]
    done = build(tmp_path, codes, sold, "regions: { minimum_people: 1 }")
    assert done.returncode == 0, done.stderr[-4000:]
    assert "more regions than hosts read" in done.stderr
    assert ("too many distinct regions" in done.stderr) == (codes is SHORT)
    text = (tmp_path / "snapshots/manifest.json").read_bytes()
    manifest = Manifest.read(tmp_path / "snapshots")
    # What there is room for is used: nothing is given up without need.
    assert MANIFEST_BYTES_MAX / 2 < len(text) < MANIFEST_BYTES_MAX * 0.8
    assert len(manifest.files) < FILES_MAX
    own = {file.region for file in manifest.region_files}
    assert len(own) == 2_000 if codes is SHORT else len(own) > 400
    assert own <= set(codes[::10]) or own >= set(codes[::10]), "those with the most people"
    assert all(manifest.regions[code] == code for code in own)
    assert manifest.regions["elsewhere"] == manifest.regions[codes[-1]] == WORLD, "they have to have names: something is sold there alone"
    answer = in_javascript(node, text)
    assert set(answer["regions"]) == own and set(answer["chains"]) == set(manifest.regions)

    with running(tmp_path / "snapshots", MODULE, "--allow-overrides") as address:
        for region, item in (("elsewhere", "i1"), (codes[-1], "i2")):
            _, shown = Visitor(address).get("/recommendations", context="homepage", n=20, region=region)
            ids = {entry["item_id"] for entry in shown["items"]}
            assert item in ids and not ids & ({"i1", "i2"} - {item})


def test_names_leave_a_small_base_to_the_items(tmp_path):
    done = build(tmp_path, SHORT[:20_000], GOODS, "snapshot: { budget: 256 KiB }")
    assert done.returncode == 0, done.stderr[-4000:]
    manifest = Manifest.read(tmp_path / "snapshots")
    assert 1_000 < len(manifest.regions) < 20_000
    assert "has no room for any list" not in done.stderr


def test_those_left_out_count_as_other(tmp_path):
    done = build(tmp_path, SHORT, GOODS, "regions: { keep_busiest: 50, other: rest }")
    assert done.returncode == 0, done.stderr[-4000:]
    manifest = Manifest.read(tmp_path / "snapshots")
    assert {file.region for file in manifest.region_files} == {"rest"}
    assert list(manifest.regions.values()).count("rest") > 20_000


def test_what_hosts_would_refuse_is_not_published(tmp_path):
    assert build(tmp_path, ["north"], GOODS).returncode == 0
    before = sorted(path.name for path in (tmp_path / "snapshots").iterdir())
    manifest = (tmp_path / "snapshots/manifest.json").read_bytes()
    address = "https://shop.example/".ljust(1000, "a")
    done = build(tmp_path, ["north"], [{"item_id": f"i{n}", "url": f"{address}{n}", "image": f"{address}{n}"} for n in range(35_000)])
    assert done.returncode != 0
    assert "bytes in the text file; a snapshot holds at most 67108864" in done.stderr
    assert (tmp_path / "snapshots/manifest.json").read_bytes() == manifest
    assert sorted(path.name for path in (tmp_path / "snapshots").iterdir()) == before
