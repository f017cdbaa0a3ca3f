"""What fuzzing starts from: good inputs of every kind, from which the corpus has grown.

    python Tests/Fuzz/seeds.py SHOP DIR      writes DIR/TARGET/NAME; SHOP is what fuzzed_shop.py has written
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
import sqlite3
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "Conformance"), str(ROOT / "Tests" / "Wasm")]  # for the shop and its encodings

from encoding import hash32, varint  # noqa: E402
from shop import CONFIGURATION  # noqa: E402

Seed = tuple[str, bytes]


# --- Snapshots


def database(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA page_size = 512")
    for statement in statements:
        connection.execute(statement)
    image = connection.serialize()
    connection.close()
    return image


NUMBERS = "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < {}) "


def databases() -> Iterator[Seed]:
    yield "values", database("CREATE TABLE t(a, b, c, d, e)", "INSERT INTO t VALUES(NULL, 1, 2.5, 'text', x'0102')",
                             "INSERT INTO t VALUES(-1, 9007199254740993, 'x', zeroblob(40), '')")
    yield "interior-pages", database("CREATE TABLE t(a, b)", f"INSERT INTO t {NUMBERS.format(60)} SELECT i, 'row ' || i FROM n")
    yield "overflow", database("CREATE TABLE t(a BLOB)", "INSERT INTO t VALUES(zeroblob(1500)), (x'01')")
    yield "index", database("CREATE TABLE t(a TEXT UNIQUE, b)", "CREATE INDEX i ON t(b DESC)",
                            f"INSERT INTO t {NUMBERS.format(40)} SELECT 'k' || i, i % 7 FROM n")
    yield "without-rowid", database("CREATE TABLE t(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
                                    f"INSERT INTO t {NUMBERS.format(40)} SELECT 'k' || i, i FROM n")
    yield "view", database("CREATE TABLE t(a)", "CREATE VIEW v AS SELECT a FROM t",
                           "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END")


def edit(table: int, row: int, offset: int, data: bytes) -> bytes:
    return struct.pack("<BHHB", table, row, offset, len(data)) + data


def filled_tables(path: Path) -> list[str]:
    """The tables that have rows, as `FuzzShop` counts them."""
    with sqlite3.connect(path) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")]
        filled = [name for name in names if connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()]
    connection.close()
    return filled


def snapshots(shop: Path) -> Iterator[Seed]:
    files = sorted(shop.glob("*.sqlite"))
    for question, name in enumerate(QUESTIONS):
        yield f"whole-{name}", bytes([question | 8, 0xFE])
    r = random.Random(1)
    base = filled_tables(files[0])
    for number in range(0, len(base), 2):
        yield f"base-{base[number]}", bytes([r.randrange(16), 0]) + edits(r, number)
    for number, file in [(1, files[1]), (len(files) - 1, files[-1])]:
        for table, name in enumerate(filled_tables(file)):
            yield f"{file.stem}-{name}", bytes([r.randrange(16), 1 << number]) + edits(r, len(base) + table)
    yield "page", b"\x01\x00" + struct.pack("<BBHBB", 255, 0, 0x1000, 0, 3) + b"\x0d\x00\x01"
    yield "base-last", b"\x01\xff"


def edits(r: random.Random, table: int) -> bytes:
    return b"".join(edit(table, r.randrange(8), r.randrange(64), bytes([r.choice([0, 1, 0x7F, 0xFF])] * r.randint(1, 4)))
                    for _ in range(2))


#: What `FuzzQuestions` asks.
QUESTIONS = ["events", "homepage", "product", "search", "placements", "category", "session", "snapshot"]


# --- Requests


MESSAGES = {
    "homepage": "GET /recommendations?context=homepage&n=100 HTTP/1.1\r\nHost: shop\r\n\r\n",
    "product": "GET /recommendations?context=product&item_id=lamp&region=North&diversity=0.4 HTTP/1.1\r\nMartlet-Time: 1700336000000\r\n\r\n",
    "control": "GET /recommendations?max_per_brand=1&max_per_category=2&boost=tag:3:gift&bury=category:1.5:Home&pin=2:cup&sponsor=1:tea"
               "&min_price=1&max_price=99.5&exclude=lamp,rug&exclude_brand=Nord&exclude_category=Food&exclude_tag=organic HTTP/1.1\r\n\r\n",
    "search": "GET /recommendations?context=search&q=coffee+gri&n=5 HTTP/1.1\r\n\r\n",
    "placements": "GET /recommendations?placements=a:homepage:4,b:cart:6,c:product:2&item_id=cup HTTP/1.1\r\nMartlet-Seed: 7\r\n\r\n",
    "events": "POST /events HTTP/1.1\r\nContent-Length: 35\r\nMartlet-Session-Id: 9\r\n\r\n{\"event\":\"view\",\"item_id\":\"teapot\"}",
    "stored": "POST /events?session_id=9 HTTP/1.1\r\nMartlet-Session-Id: 9\r\nContent-Length: 34\r\n\r\n{\"event\":\"purchase\",\"item_id\":\"tea\"}"
              "GET /session?session_id=9 HTTP/1.1\r\nMartlet-Session-Id: 9\r\n\r\n",
    "delete": "DELETE /session HTTP/1.1\r\nCookie: a=b; martlet_session=AgAA\r\nMartlet-User: u1\r\n\r\n",
    "known": "GET /recommendations HTTP/1.1\r\nMartlet-User: u7\r\nMartlet-Consent: full\r\nMartlet-Key: AAECAwQFBgcICQoLDA0ODw\r\n\r\n",
    "facts": "GET /recommendations HTTP/1.1\r\nMartlet-Device: mobile\r\nMartlet-Referrer: ads\r\nMartlet-Zone: -600\r\nMartlet-Region: Iceland\r\n"
             "Martlet-Time: 1700336000000\r\nSec-GPC: 0\r\n\r\n",
    "snapshot": "GET /snapshot HTTP/1.1\r\n\r\n",
    "health": "GET /healthz HTTP/1.0\r\nconnection: close\r\n\r\n",
    "percent": "GET /recommendations?q=%C3%A4%zz%2&item_id=%22%3C HTTP/1.1\r\n\r\n",
    "not-found": "PUT /x HTTP/1.1\r\n\r\n",
}

BODIES = {
    "view": '{"event":"view","item_id":"lamp","time":1700000000}',
    "list": '[{"event":"add_to_cart","item_id":"te\\u0061"},{"event":"search","query":"Green TEA"}]',
    "lines": '{"event":"product_view","product_id":4711}\n{"event":"click","item_id":"cup"}\r\n',
    "ga4-purchase": '{"client_id":"1.2","events":[{"name":"purchase","params":{"items":[{"item_id":"cup"},{"item_id":"tea"}]}}]}',
    "ga4-engagement": '{"client_id":"1","events":[{"name":"user_engagement","params":{"engagement_time_msec":"1200","percent_scrolled":90,'
                      '"item_id":"lamp"}}]}',
    "segment-batch": '{"batch":[{"type":"track","event":"Order Completed","timestamp":"2023-11-18T19:00:00Z",'
                     '"properties":{"products":[{"product_id":"tea"}]}}]}',
    "ratings": '[{"event":"rate","item_id":"lamp","rating":4.5},{"event":"Product Reviewed","properties":{"product_id":"cup","rating":8,'
               '"scale":10}}]',
    "dwell": '{"event":"dwell","item_id":"rug","seconds":95,"scroll_depth":40}',
    "impression": '{"event":"impression","items":[{"item_id":"tea"},{"item_id":"cup"},{"item_id":"lamp"}]}',
    "repeated": '[' + ",".join('{"event":"view","item_id":"%s"}' % item for item in ["grinder", "beans", "filter"] * 3) + ']',
}

JSON = {"escapes": '{"a":[1,-2.50e-3,true,false,null,"x"],"b":{"c":"\\u00e4\\ud83d\\ude00\\n"}}', "nested": '[[[[[[[[]]]]]]]]',
        "lone-surrogate": '"\\ud800"', "infinite": '1e400', "long-number": '12345678901234567890.5', "fraction": '0.1',
        "negative-zero": '-0', "repeated-key": ' {"a" : {} , "a" : [ ] } ', "unescaped": '"ä \U0001F600"'}


def token(signals: list[tuple[int, int, int, int | None]], marks: list[tuple[int, int]], time: int = 1_700_333_000) -> bytes:
    """Of signals (seconds before the one above, type, item, value) and marks (seconds, counter), newest first."""
    data = struct.pack("<BHIIB", 2, 5, time, 77, len(signals))
    before = None
    for seconds, kind, item, value in signals:
        same = before == item
        data += varint(seconds << 5 | (16 if same else 0) | kind) + (b"" if same else struct.pack("<I", item))
        data += b"" if value is None else varint(value)
        before = item
    for seconds, counter in marks:
        data += varint(seconds) + struct.pack("<H", counter)
    return data


def tokens() -> Iterator[Seed]:
    lamp, cup = hash32(b"lamp"), hash32(b"cup")
    samples = {
        "empty": token([], [], time=0), "view": token([(0, 1, lamp, None)], [(0, 0)]),
        "several": token([(0, 2, lamp, None), (60, 1, lamp, None), (4000, 9, cup, 300 << 7 | 50), (5, 6, cup, 80)], [(0, 0), (90, 7)]),
        "full": token([(1, 1 + i % 4, i * 977 + 1, None) for i in range(64)][:1] + [(1, 1, i * 977 + 1, None) for i in range(1, 64)],
                      [(i, i) for i in range(24)]),
        "marks": token([], [(0, 0), (100, 3), (100, 3)]),
    }
    for name, data in samples.items():
        yield name, b"\x01" + data
        yield f"{name}-text", b"\x00" + base64.urlsafe_b64encode(data).rstrip(b"=")


# --- The job


EVENTS_CSV = (b"session_id,user_id,item_id,event,time,region,title,price\ns1,u1,tea,view,1700000000,North,Tea,4.90\n"
              b's1,,cup,purchase,2023-11-14T22:13:20Z,South,"Cup, ""large""",9\r\n,u2,lamp,add_to_cart,1700000000123,North,,\n')
EVENTS_NDJSON = (b'{"session_id":"s","user_id":"u1","params":{"item_id":"tea"},"item_id":"tea","event":"view","time":1700000000}\n'
                 b'{"session_id":4,"item_id":7,"params.item_id":7,"event":"buy","time":"2023-11-14 22:13"}\n')
ACCOUNTS_CSV = (b"account,item_id,event,time,title,variant,price\nu1,tea,bought,1700000000,Tea,green,4.90\n"
                b"u1,cup,view,1700009000,Cup,,9\nu2,test1,view,1700000000,,,1\nu2,cup,scroll,1700000001,,,0.1\n")
CATALOGUE_CSV = (b'item_id,title,category,price,brand,tags,material,group,regions,available\na,"A, one",X > Y,"1,234.50",B,"gift|new",steel,g,North,yes\n'
                 b"b,B,X,9.90,,,,,,no\n")


def rows() -> Iterator[Seed]:
    texts = {"events.csv": (0, EVENTS_CSV), "events.tsv": (0, EVENTS_CSV.replace(b",", b"\t")), "events.ndjson": (4, EVENTS_NDJSON),
             "quoted-lines.csv": (2, b'session_id,item_id,time\r\ns,"a\nb",1700000000\r\ns,"open,1\n'),
             "auto.ndjson": (0, EVENTS_NDJSON), "events.csv.gz": (0, gzip.compress(EVENTS_CSV, mtime=0)),
             "two-members.csv.gz": (0x80, gzip.compress(EVENTS_CSV[:60], mtime=0) + gzip.compress(EVENTS_CSV[60:], mtime=0) + bytes(8)),
             "catalogue.csv": (1, CATALOGUE_CSV), "catalogue.tsv": (3, CATALOGUE_CSV.replace(b",", b"\t")),
             "catalogue.ndjson": (5, b'{"item_id":"a","title":"A","price":3.5,"tags":["x","y"],"available":true}\n'),
             "byte-order-mark.csv": (0, b"\xef\xbb\xbf" + EVENTS_CSV), "semicolons.csv": (1, CATALOGUE_CSV.replace(b",", b";")),
             "accounts.csv": (6, ACCOUNTS_CSV), "skipped-catalogue.csv": (7, CATALOGUE_CSV),
             "row-too-long.csv": (0x80, EVENTS_CSV + b"s1,u1," + b"x" * 2100 + b"\ns1,u1,tea,view,1700000000,,,\n"),
             "text-too-long.csv": (0x81, CATALOGUE_CSV + b"c," + b"x" * 1100 + b",,,,,,,,\n"),
             "rejected.csv": (0x80, EVENTS_CSV + b's2,u2,\\ta\\,view\ns2,u2,cup,fly,1,,,\ns2,u2,"cup"x,view,1,,,\n')}
    for name, (first, text) in texts.items():
        yield name, bytes([first]) + text


def erasures() -> Iterator[Seed]:
    rejects = b"file\tline\treason\trow\ne.csv\t3\tbad time\ts1,u1,tea,view,x\\t\ne.csv\t4\tbad time\ts2,u2,tea,view,x\n"
    texts = {"events.csv": (0, EVENTS_CSV), "events.tsv": (0, EVENTS_CSV.replace(b",", b"\t")), "events.ndjson": (4, EVENTS_NDJSON),
             "auto.ndjson": (0, EVENTS_NDJSON), "events.csv.gz": (0, gzip.compress(EVENTS_CSV, mtime=0)),
             "byte-order-mark.csv": (0, b"\xef\xbb\xbf" + EVENTS_CSV), "accounts.csv": (6, ACCOUNTS_CSV),
             "with-session.csv": (8, EVENTS_CSV + b"s1,u2,cup,view,1700000000,,,\ns2,,cup,view,1700000000,,,\n"),
             "unfit-rows.csv": (0, EVENTS_CSV + b's1,"u1\ns2,u2\n"a"u1,s1\n'), "rejects.tsv": (1, rejects),
             "row-too-long.csv": (0, EVENTS_CSV + b"s1,u1," + b"x" * 2100 + b",u1\ns2," + b"x" * 2100 + b"\n"),
             "rejects.tsv.gz": (9, gzip.compress(rejects, mtime=0))}
    for name, (first, text) in texts.items():
        yield name, bytes([first]) + text


CONFIGURATIONS = {
    "shop": CONFIGURATION,
    "events": "events:\n  format: csv\n  columns: { item_id: sku, time: [day, hour], title: [a, b] }\n  times: { format: auto }\n"
              "  skip: [{ column: qty, below: 1 }]\n  reject: { max_share: 5% }\n  types: { view: [seen, PageView], purchase: bought }\n",
    "models": "weights: { view: 2, purchase: 10 }\nmodels: { next_item: { steps: 4 } }\nwindows: { popularity: 30d }\nseed: 5\n",
    "snapshot": "snapshot: { budget: 4 MiB }\nas_of: 2011-10-01T00:00:00Z\nsession: { window: 12h }\nnever_recommend: [p*, { brand: X }]\n",
    "anchors": "a: &x { b: 1 }\nevents: *x\n", "empty": "# nothing\n", "unknown": "event: { formt: csv }\n",
}


def of_texts(texts: dict[str, str]) -> Iterator[Seed]:
    for name, text in texts.items():
        yield name, text.encode()


def manifests(shop: Path) -> Iterator[Seed]:
    whole = (shop / "manifest.json").read_bytes()
    yield "whole", whole
    yield "path", whole.replace(b'"name" : "base-', b'"name" : "../base-')
    yield "format", whole.replace(b'"format" : 1', b'"format" : 2')
    # The files that FuzzManifest.swift writes: only the first may be read.
    for label, name, data in [("inside", "base-00.sqlite", b"inside\n"), ("canary", "../base-00.sqlite", b"a canary\n")]:
        file = {"kind": "base", "name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "chunks": []}
        manifest = {"format": 1, "generation": "1", "built": "", "as_of": "", "regions": {}, "files": [file]}
        yield label, json.dumps(manifest).encode()


def write_seeds(shop: Path, folder: Path) -> None:
    seeds = {"database": databases(), "snapshot": snapshots(shop), "message": of_texts(MESSAGES), "events": of_texts(BODIES),
             "json": of_texts(JSON), "token": tokens(), "manifest": manifests(shop), "rows": rows(), "erasure": erasures(),
             "configuration": of_texts(CONFIGURATIONS)}
    for target, inputs in seeds.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, data in inputs:
            (folder / target / name).write_bytes(data)


if __name__ == "__main__":
    write_seeds(Path(sys.argv[1]), Path(sys.argv[2]))
