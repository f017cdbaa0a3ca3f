"""The simulated shops of a run, published once each, and requests of their visitors."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar

from martlet_host.loading import open_verified
from martlet_host.manifest import Manifest, SnapshotFile
from martlet_host.module import Scorer, ScorerModule
from setting import Setting

SIGNALS, LENGTH = 10, 20
"""What a visitor has done, and how many items an answer has."""

CONTEXTS = ["homepage", "product", "cart", "category"]

@dataclass(frozen=True)
class Shop:
    folder: Path

    @property
    def events(self) -> Path:
        return self.folder / "events.csv"

    @property
    def catalogue(self) -> Path:
        return self.folder / "catalogue.csv"

    @property
    def snapshots(self) -> Path:
        return self.folder / "snapshots"

    @property
    def files(self) -> list[SnapshotFile]:
        """All of the generation, in the order of opening."""
        manifest = Manifest.read(self.snapshots)
        return [*manifest.common_files, *manifest.region_files]

    @property
    def arguments(self) -> list[str]:
        """`KIND=FILE` of each, for the drivers of other languages."""
        return [f"{file.abi_kind}={self.snapshots / file.name}" for file in self.files]

    @property
    def base(self) -> Path:
        return next(self.snapshots / file.name for file in self.files if file.kind == "base")


def configured(budget: float, more: str = "") -> str:
    """A configuration of all models, rankers among them: one stretch of the past is enough to learn some that cost what others cost."""
    ranker = "{ folds: 1, positions: 6000, minimum_positions: 200 }"
    return f"models: {{ ranker: {ranker} }}\nsnapshot: {{ budget: {round(budget * 1024)} KiB }}\n{more}"


def simulated(setting: Setting, items: int, events: int, budget: float, more: str = "") -> Shop:
    """A simulated shop and its snapshot of at most `budget` MiB; made when it is first asked for.

    `more`: what else its configuration says.
    """
    data = simulated_data(setting, items, events)
    shop = Shop(setting.work / f"{data.folder.name}-{budget}{'-special' if more else ''}")
    if not shop.folder.exists():
        shop.folder.mkdir()
        for made, link in ((data.events, shop.events), (data.catalogue, shop.catalogue)):
            link.symlink_to(made)
        configuration = shop.folder / "martlet.yaml"
        configuration.write_text(configured(budget, more))
        command = [setting.martlet, "build", "--quiet", "--config", configuration, "--events", shop.events]
        subprocess.run([*command, "--catalogue", shop.catalogue, "--out", shop.snapshots], check=True)
    return shop


def simulated_data(setting: Setting, items: int, events: int) -> Shop:
    """A shop of `martlet simulate`, without a snapshot."""
    shop = Shop(setting.work / f"shop-{items}-{events}")
    if not shop.folder.exists():
        command = [setting.martlet, "simulate", "--items", str(items), "--events", str(events), "--out", shop.folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return shop


Opened = TypeVar("Opened", bound=Scorer)


def opened(scorer: Opened, shop: Shop) -> Opened:
    """The same instance, all files of the shop open in it."""
    for file in shop.files:
        open_verified(scorer, shop.snapshots, file)
    scorer.warm_up()
    return scorer


def requests(setting: Setting, shop: Shop, count: int) -> list[bytes]:
    """Messages that ask for 20 items, each for another visit of 10 signals, in the contexts by turns."""
    scorer = opened(Scorer(ScorerModule(setting.scorer)), shop)
    messages = []
    for number, visit in enumerate(islice(_long_visits(shop), count)):
        facts = f"Martlet-Time: {int(visit[-1]['time']) * 1000 + 5000}\r\nMartlet-Region: {visit[-1]['region']}\r\nMartlet-Consent: session\r\n"
        token = _token(scorer, facts, visit)
        context = CONTEXTS[number % len(CONTEXTS)]
        page = f"&item_id={visit[-1]['item_id']}" if context == "product" else ""
        head = f"GET /recommendations?context={context}&n={LENGTH}{page} HTTP/1.1\r\n"
        messages.append(f"{head}{facts}Martlet-Session: {token}\r\n\r\n".encode())
    assert len(set(messages)) == count, f"{shop.folder.name} has only {len(messages)} visits of {SIGNALS} events"
    return messages


def check_answer(response: bytes) -> None:
    """Raises where a response is not what was asked for."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    answer = json.loads(body)
    items = {item["item_id"] for item in answer["items"]}
    assert len(answer["items"]) == len(items) == LENGTH, f"{len(items)} items"
    assert answer["signals"] == SIGNALS, f"{answer['signals']} signals"


def _long_visits(shop: Shop) -> Iterator[list[dict]]:
    """The first events of visits that have as many."""
    with open(shop.events, newline="") as stream:
        for _, rows in groupby(csv.DictReader(stream), key=lambda row: row["session_id"]):
            visit = list(islice(rows, SIGNALS))
            if len(visit) == SIGNALS:
                yield visit


def _token(scorer: Scorer, facts: str, visit: list[dict]) -> str:
    """The session that the scorer itself makes of a visit."""
    events = [{"event": row["event"], "item_id": row["item_id"], "time": int(row["time"])} for row in visit]
    body = json.dumps(events)
    message = f"POST /events HTTP/1.1\r\n{facts}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    head = scorer.handle(message.encode()).partition(b"\r\n\r\n")[0].decode()
    return next(line for line in head.split("\r\n") if line.lower().startswith("martlet-session: ")).split(": ")[1]
