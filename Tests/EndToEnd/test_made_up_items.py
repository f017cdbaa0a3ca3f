"""Item ids that a visitor has made up: however many, and of whatever hashes, they cost a build a warning and the shop nothing."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from pathlib import Path

import pytest
from builds import MARTLET, manifest_of, published
from small_shop import CATALOGUE, FIRST_TIME, build_shop

MADE_UP = 60_000
NAMELESS = "lamp-0001"
CLAIMANTS = ["mrg6fbq1", "mjcmxc83", "mglpth5q", "mvp2sabf", "mfdt2bvc", "md330dca", "mvu1aa7z", "m5k65aph"]
"""Each has the hash that NAMELESS has with another salt, 0 to 7."""
COLLIDING = ["cf894c5d", "52c2eda8"]
"""Two with one hash; so have they with the same letters behind both."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made-up")
    build_shop(folder)
    return folder


def build(shop: Path, yaml: str, ids: list[str], out: Path) -> dict[str, int]:
    """What the warning counts; nothing where there is none."""
    configuration, log = out.with_suffix(".yaml"), out.with_suffix(".ndjson")
    configuration.write_text((shop / "martlet.yaml").read_text() + yaml)
    with open(log, "w") as events:
        for number, item in enumerate(ids):
            row = {"event_id": f"e{number}", "event": "view", "item_id": item, "session_id": f"f{number // 1000}", "time": FIRST_TIME}
            events.write(json.dumps(row) + "\n")
    inputs = ["--config", configuration, "--events", shop / "events.csv", log, "--catalogue", shop / "catalogue.csv"]
    done = subprocess.run([str(MARTLET), "build", *map(str, inputs), "--out", str(out)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    warning = re.search("^.*items were left out.*$", done.stderr, re.M)
    counts = {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", warning[0])} if warning else {}
    return counts


def items(out: Path) -> set[str]:
    assert published(out)
    base = next(file["name"] for file in manifest_of(out)["files"] if file["kind"] == "base")
    with sqlite3.connect(out / base) as db:
        return {item for (item,) in db.execute("SELECT id FROM items")}


SOLD = {item for item, *_ in CATALOGUE}


def test_what_has_room_stays(shop, tmp_path):
    assert build(shop, "", ["a", "b"], tmp_path / "out") == {}
    assert items(tmp_path / "out") == SOLD | {"a", "b"}


def test_a_flood_displaces_nothing_of_the_catalogue(shop, tmp_path):
    made_up = [f"made-up-{number}" for number in range(MADE_UP)]
    counts = build(shop, "snapshot: { budget: 1 MiB }\n", made_up, tmp_path / "out")
    kept = items(tmp_path / "out")
    assert SOLD < kept and len(kept) == counts["kept"]
    assert counts["kept"] + counts["left_out"] == MADE_UP + len(SOLD)
    assert counts["over_budget"] == counts["events"] == counts["left_out"] and counts["of_the_catalogue"] == 0


def least_budget(shop: Path, folder: Path) -> int:
    """That by which the shop alone can be built, to a page."""
    budget, configuration = 64 << 10, folder / "least.yaml"
    inputs = ["--config", configuration, "--events", shop / "events.csv", "--catalogue", shop / "catalogue.csv"]
    while True:
        configuration.write_text((shop / "martlet.yaml").read_text() + f"snapshot: {{ budget: {budget} }}\n")
        command = [str(MARTLET), "build", *map(str, inputs), "--out", str(folder / "least")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode == 0:
            return budget
        # The first to need more may be a past stretch, which has fewer items.
        budget = int(re.search(r"needs at least (\d+) bytes, the budget is", done.stderr)[1])


@pytest.mark.parametrize("spare", [0, 8 << 10, 64 << 10])
def test_where_the_catalogue_just_fits_it_still_does(shop, tmp_path, spare):
    budget = least_budget(shop, tmp_path) + spare
    made_up = [f"made-up-{number}" for number in range(3_000)]
    counts = build(shop, f"snapshot: {{ budget: {budget} }}\n", made_up, tmp_path / "out")
    kept = items(tmp_path / "out")
    assert SOLD <= kept and len(kept) == counts["kept"] and counts["of_the_catalogue"] == 0


def test_ids_made_for_their_hashes_end_no_build(shop, tmp_path):
    pairs = [f"{item}-{number}" for number in range(8_200) for item in COLLIDING]
    made_up = [*CLAIMANTS, *CLAIMANTS, *["-"] * 1000, *CLAIMANTS, NAMELESS, *pairs]
    counts = build(shop, "", made_up, tmp_path / "out")
    kept = items(tmp_path / "out")
    assert SOLD < kept and NAMELESS not in kept and set(CLAIMANTS) < kept and len(kept) == counts["kept"]
    assert counts["without_name"] == counts["left_out"] == 1 + len(pairs) // 2 - 8192 and counts["of_the_catalogue"] == 0
