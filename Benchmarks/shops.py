"""The simulated shops of a run, published once each, their visits, and requests of their visitors."""

from __future__ import annotations

import csv
import json
import subprocess
import zlib
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

ONE_STRETCH = "models: { ranker: { folds: 1, positions: 6000, minimum_positions: 200 } }\n"
"""Rankers learned on one stretch of the past, for shops whose quality is not the question: their trees cost what others cost."""


@dataclass(frozen=True)
class Shop:
    """What `martlet simulate` has made, and, where there is one, a configuration and its snapshot."""

    folder: Path

    @property
    def events(self) -> Path:
        return self.folder / "events.csv"

    @property
    def catalogue(self) -> Path:
        return self.folder / "catalogue.csv"

    @property
    def configuration(self) -> Path:
        return self.folder / "martlet.yaml"

    @property
    def snapshots(self) -> Path:
        return self.folder / "snapshots"

    @property
    def generation(self) -> str:
        return Manifest.read(self.snapshots).generation

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

    def visits(self, events: int) -> Iterator[list[dict]]:
        """Each visit's first events, at most so many."""
        with open(self.events, newline="") as stream:
            for _, rows in groupby(csv.DictReader(stream), key=lambda row: row["session_id"]):
                yield list(islice(rows, events))


def budget_of(mebibytes: float) -> str:
    """The configuration of a snapshot of at most so much."""
    return f"snapshot: {{ budget: {round(mebibytes * 1024)} KiB }}\n"


def published(setting: Setting, items: int, events: int, configuration: str) -> Shop:
    """A simulated shop and its snapshot, made when first asked for; an empty configuration is the product's default."""
    data = simulated(setting, items, events)
    shop = configured(data, f"{data.folder.name}-{zlib.crc32(configuration.encode()):08x}", configuration)
    if not shop.snapshots.exists():
        subprocess.run([*build_command(setting, shop), "--quiet"], check=True)
    return shop


def simulated(setting: Setting, items: int, events: int) -> Shop:
    """A shop of `martlet simulate`, without a snapshot; made when first asked for."""
    shop = Shop(setting.work / f"shop-{items}-{events}")
    if not shop.folder.exists():
        subprocess.run(simulate_command(setting, shop, items, events), check=True, stdout=subprocess.DEVNULL)
    return shop


def configured(data: Shop, name: str, configuration: str) -> Shop:
    """The same events and catalogue in a folder of their own, with a configuration."""
    shop = Shop(data.folder.parent / name)
    if not shop.folder.exists():
        shop.folder.mkdir()
        shop.events.symlink_to(data.events)
        shop.catalogue.symlink_to(data.catalogue)
        shop.configuration.write_text(configuration)
    return shop


def simulate_command(setting: Setting, shop: Shop, items: int, events: int) -> list[object]:
    sizes = ["--items", str(items), "--events", str(events), "--seed", str(setting.seed)]
    return [setting.martlet, "simulate", *sizes, "--out", shop.folder]


def build_command(setting: Setting, shop: Shop) -> list[object]:
    files = ["--config", shop.configuration, "--events", shop.events, "--catalogue", shop.catalogue]
    return [setting.martlet, "build", *files, "--out", shop.snapshots]


Opened = TypeVar("Opened", bound=Scorer)


def opened(scorer: Opened, shop: Shop) -> Opened:
    """The same instance, all files of the shop open in it."""
    for file in shop.files:
        open_verified(scorer, shop.snapshots, file)
    scorer.warm_up()
    return scorer


def requests(setting: Setting, shop: Shop, count: int) -> list[bytes]:
    """Messages that ask for 20 items, each for another visit of 10 signals, in the contexts by turns; the module answers as it should."""
    scorer = opened(Scorer(ScorerModule(setting.scorer)), shop)
    long_visits = (visit for visit in shop.visits(SIGNALS) if len(visit) == SIGNALS)
    messages = []
    for number, visit in enumerate(islice(long_visits, count)):
        newest = visit[-1]
        facts = f"Martlet-Time: {int(newest['time']) * 1000 + 5000}\r\n"
        facts += f"Martlet-Region: {newest['region']}\r\nMartlet-Consent: session\r\n"
        token = _token(scorer, facts, visit)
        context = CONTEXTS[number % len(CONTEXTS)]
        page = f"&item_id={newest['item_id']}" if context == "product" else ""
        head = f"GET /recommendations?context={context}&n={LENGTH}{page} HTTP/1.1\r\n"
        messages.append(f"{head}{facts}Martlet-Session: {token}\r\n\r\n".encode())
        check_answer(scorer.handle(messages[-1]))
    assert len(set(messages)) == count, f"{shop.folder.name} has only {len(messages)} visits of {SIGNALS} events"
    return messages


def written_requests(setting: Setting, shop: Shop, count: int) -> Path:
    path = shop.folder / f"requests-{count}.http"
    if not path.exists():
        path.write_bytes(b"".join(requests(setting, shop, count)))
    return path


def check_answer(response: bytes) -> None:
    """Raises where a response is not what was asked for."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    answer = json.loads(body)
    items = {item["item_id"] for item in answer["items"]}
    assert len(answer["items"]) == len(items) == LENGTH, f"{len(items)} items"
    assert answer["signals"] == SIGNALS, f"{answer['signals']} signals"


def _token(scorer: Scorer, facts: str, visit: list[dict]) -> str:
    """The session that the scorer itself makes of a visit."""
    events = [{"event": row["event"], "item_id": row["item_id"], "time": int(row["time"])} for row in visit]
    body = json.dumps(events)
    message = f"POST /events HTTP/1.1\r\n{facts}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    head = scorer.handle(message.encode()).partition(b"\r\n\r\n")[0].decode()
    return next(line for line in head.split("\r\n") if line.lower().startswith("martlet-session: ")).split(": ")[1]
