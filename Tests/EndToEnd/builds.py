"""Running `martlet build` on the real data, and reading what it published."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from martlet_host.loading import read_verified
from martlet_host.manifest import Manifest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))  # for local_host, which the demo has too

MARTLET = ROOT / "dist" / "martlet"
MODULE = ROOT / "dist" / "scorer.wasm"
SHARED = Path(os.environ.get("MARTLET_SHARED", ROOT.parent / "shared"))
RETAIL_EVENTS = SHARED / "data" / "online-retail" / "online-retail-to-2011-09.csv.gz"
RETAIL_CONFIGURATION = ROOT / "examples" / "online-retail.yaml"
BUILD_S_MAX = 600


def build_command(events: Path, out: Path) -> list[str]:
    options = ["--config", RETAIL_CONFIGURATION, "--events", events, "--out", out]
    return [str(MARTLET), "build", *map(str, options)]


def build(events: Path, out: Path) -> None:
    done = subprocess.run(build_command(events, out), capture_output=True, text=True, timeout=BUILD_S_MAX)
    assert done.returncode == 0, done.stderr[-4000:]


def manifest_of(out: Path) -> dict:
    return json.loads((out / "manifest.json").read_text())


def published(out: Path) -> dict[str, str]:
    """SHA-256 by name of the files that the manifest names, after checking them against it."""
    for file in Manifest.read(out).files:
        read_verified(out, file)
    return {f["name"]: hashlib.sha256((out / f["name"]).read_bytes()).hexdigest() for f in manifest_of(out)["files"]}
