"""A tiny shop whose right answers are known: few goods, who buys what with what stands in one table.

    python Tests/Conformance/shop.py DIR      writes events.csv, catalogue.csv and martlet.yaml there
"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

MARTLET = Path(__file__).resolve().parents[2] / "dist" / "martlet"

FIRST_TIME = 1_700_000_000
PAUSE_S = 3600

# region, how many people, what each of them buys, in this order. The first of a region's goods is its most popular one.
BASKETS = [
    ("North", 14, ["teapot", "cup"]),
    ("North", 10, ["tea", "teapot"]),
    ("North", 6, ["tea", "biscuits", "postage"]),
    ("South", 14, ["grinder", "beans"]),
    ("South", 10, ["beans", "filter"]),
    ("South", 6, ["milk", "filter", "postage"]),
    ("Faroe Islands", 24, ["lamp", "candle"]),
    ("Faroe Islands", 6, ["lamp", "postage"]),
    ("Iceland", 3, ["candle", "postage"]),
]

CATALOGUE = [
    # item_id, title, category, price, brand, tags, material, group, regions
    ("tea", "Tea, 100 g", "Drinks > Tea", "4.90", "Leaf & Co", "organic|fair trade", "", "", ""),
    ("teapot", "Teapot, glass", "Kitchen > Tea", "24.00", "Leaf & Co", "gift", "glass", "", ""),
    ("cup", "Cup \N{EM DASH} porcelain", "Kitchen > Tea", "9.50", "Leaf & Co", "gift", "porcelain", "cup", ""),
    ("cup-large", "Cup, large", "Kitchen > Tea", "11.50", "Leaf & Co", "gift", "porcelain", "cup", ""),
    ("biscuits", 'Biscuits "Shortbread" & more', "Food", "3.20", "Hearth", "", "", "", ""),
    ("beans", "Coffee beans, 1 kg", "Drinks > Coffee", "19.90", "Roast", "organic", "", "", ""),
    ("grinder", "Coffee grinder", "Kitchen > Coffee", "79.00", "Roast", "gift", "steel", "", ""),
    ("filter", "Paper filters", "Kitchen > Coffee", "2.50", "Roast", "", "paper", "", ""),
    ("milk", "Oat milk", "Drinks", "2.10", "Hearth", "organic; vegan", "", "", ""),
    ("lamp", "Lamp", "Home", "39.00", "Nord", "gift", "glass|steel", "", ""),
    ("candle", "Candle", "Home", "5.00", "Nord", "gift", "wax", "", ""),
    # Sold on the islands alone.
    ("rug", "Rug that nobody has bought", "Home", "120.00", "Nord", "", "wool", "", "Atlantic islands"),
    ("postage", "Postage", "", "4.00", "", "", "", "", ""),
]

# Iceland has too few people for a list of its own: its group, with the Faroe Islands, has enough.
CONFIGURATION = """\
catalogue:
  columns:
    attributes: material
never_recommend:
  - postage
contexts:
  after_purchase:
    n: 3
    diversity: 0.5
    boost: [{ tag: organic, by: 1 }]
    leave_out: [{ item: grinder }]
    sponsored: [{ item: lamp, position: 2 }]
regions:
  minimum_people: 10
  groups:
    Atlantic islands: [Faroe Islands, Iceland]
rules:
  - id: coffee-enthusiast
    when:
      count: { event: view, category: Kitchen > Coffee, at_least: 3, within: 24h }
    then:
      join: Coffee Enthusiasts
      boost: { category: Drinks > Coffee, by: 0.5 }
  - id: luxury
    when:
      count: { event: view, price: high, at_least: 3, distinct: items, within: 10m }
    then:
      join: Luxury Shoppers
  - id: abandoned-cart
    when:
      absence: { of: { event: purchase }, after: { event: add_to_cart }, for: 15m, within: 24h }
    then:
      offer: { code: CART10, valid: 30m }
  - id: never-bought
    when:
      all:
        - count: { event: view, category: Home, at_least: 2, within: 7d }
        - count: { event: purchase, category: Home, at_most: 0, within: 90d }
    then:
      join: Home Browsers
      pin: { item: rug, position: 1 }
  - id: tea-regular
    when:
      count: { event: purchase, category: Drinks > Tea, at_least: 3, within: 30d }
    then:
      join: Tea Regulars
  - id: returning
    when:
      visits: { at_least: 2, within: 24h }
    then:
      join: Returning Visitors
  - id: evening-ads
    when:
      context: { device: mobile, referrer: [ads, social], time: { from: "17:00", to: "23:00" } }
    then:
      join: Bargain Hunters
      bury: { brand: Nord }
  - id: food-in-cart
    when:
      sequence:
        steps:
          - { event: view, category: Food }
          - { event: add_to_cart, category: Food }
        within: 1h
    then:
      leave: Bargain Hunters
"""

# Who comes again is known by a hash of the id, whose key hosts send as Martlet-Key.
KEY = "AAECAwQFBgcICQoLDA0ODw"


def write_shop(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / "events.csv", "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["session_id", "user_id", "item_id", "event", "time", "region"])
        visit = 0
        # Round by round, so that no basket is newer than the others as a whole.
        for turn in range(max(people for _, people, _ in BASKETS)):
            for region, people, items in BASKETS:
                if turn >= people:
                    continue
                visit += 1
                for position, item in enumerate(items):
                    time = FIRST_TIME + visit * PAUSE_S + position * 60
                    writer.writerow([f"s{visit}", f"u{visit}", item, "purchase", time, region])
    with open(directory / "catalogue.csv", "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["item_id", "title", "category", "price", "brand", "tags", "material", "group", "regions"])
        writer.writerows(CATALOGUE)
    (directory / "key").write_text(KEY)
    users = f"users: {{ rows: true, key_file: '{directory / 'key'}' }}\n"
    (directory / "martlet.yaml").write_text(CONFIGURATION + users)


def build(directory: Path, *more: Path, out: str = "snapshots") -> Path:
    """Has the real thing build what `write_shop` has written, and more events; gives the folder of the snapshots."""
    inputs = ["--config", directory / "martlet.yaml", "--catalogue", directory / "catalogue.csv"]
    inputs += ["--events", directory / "events.csv", *more, "--out", directory / out]
    done = subprocess.run([MARTLET, "build", *inputs], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return directory / out


if __name__ == "__main__":
    write_shop(Path(sys.argv[1]))
