"""Running `martlet build` on the real data, and reading what it published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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
