"""A shop for tests in a browser: six aisles of ten things, always bought in pairs, and regions with a favourite aisle each."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

from builds import MARTLET

FIRST_TIME = 1_700_000_000
PAUSE_S = 1800
VISITS = 360

AISLES = {
    "Bakery > Bread": "Rye bread, Wheat bread, Baguette, Ciabatta, Toast, Pita bread, Rolls, Bagel, Focaccia, Pretzel",
    "Fruit > Fresh": "Apple, Pear, Banana, Orange, Lemon, Grapes, Cherries, Melon, Avocado, Strawberries",
    "Dairy > Cheese": "Cheddar cheese, Gouda cheese, Brie cheese, Feta cheese, Edam cheese, Goat cheese, Blue cheese, Ricotta, Mozzarella, Quark",
    "Drinks > Hot": "Espresso coffee, Filter coffee, Green tea, Black tea, Cocoa, Mint tea, Fruit tea, Chai tea, Matcha, Malt coffee",
    "Home > Cleaning": "Dish soap, Sponge, Laundry powder, Bleach, Window cleaner, Paper towel, Broom, Bucket, Gloves, Cloth",
    "Pantry > Pasta": "Spaghetti, Penne, Pesto sauce, Tomato sauce, Rice, Lentils, Couscous, Olive oil, Vinegar, Flour",
}  # fmt: skip
REGIONS = {"North": "Bakery > Bread", "South": "Fruit > Fresh", "East": "Dairy > Cheese"}

CATALOGUE = [
    (name.lower().replace(" ", "-"), name, category, round(1.2 + 0.35 * place, 2))
    for category, names in AISLES.items()
    for place, name in enumerate(names.split(", "))
]


def visits() -> list[tuple[str, list[str]]]:
    """Region and the pair bought, of each visit: the region's favourite aisle every second time."""
    ids = {category: [item for item, _, of, _ in CATALOGUE if of == category] for category in AISLES}
    made = []
    for visit in range(VISITS):
        region = list(REGIONS)[visit % 3]
        turn = visit // 3
        category = REGIONS[region] if turn % 2 == 0 else list(AISLES)[turn // 2 % len(AISLES)]
        pair = turn * 3 % 5
        made.append((region, ids[category][2 * pair : 2 * pair + 2]))
    return made


def build_shop(folder: Path) -> tuple[Path, Path]:
    """The published snapshots, and the folder of the storefront's goods."""
    with open(folder / "events.csv", "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["session_id", "user_id", "item_id", "event", "time", "region"])
        for visit, (region, items) in enumerate(visits()):
            for position, item in enumerate(items):
                time = FIRST_TIME + visit * PAUSE_S + position * 60
                writer.writerow([f"s{visit}", f"u{visit}", item, "purchase", time, region])
    with open(folder / "catalogue.csv", "w", newline="") as stream:
        csv.writer(stream).writerows([("item_id", "title", "category", "price"), *CATALOGUE])
    (folder / "martlet.yaml").write_text("regions:\n  minimum_people: 10\n")
    command = [MARTLET, "build", "--config", "martlet.yaml", "--events", "events.csv", "--catalogue", "catalogue.csv"]
    done = subprocess.run([*command, "--out", "snapshots"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    categories = list(AISLES)
    products = [[item, title, categories.index(category), price] for item, title, category, price in CATALOGUE]
    goods = folder / "goods"
    (goods / "shop").mkdir(parents=True)
    (goods / "shop" / "products.json").write_text(json.dumps({"categories": categories, "products": products}))
    return folder / "snapshots", goods
