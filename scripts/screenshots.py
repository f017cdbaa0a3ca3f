#!/usr/bin/env python3
"""Pictures of the storefront's pages in both colour schemes, from a wide screen to a small phone, on the demo's data.

    scripts/screenshots.py [--out dist/screenshots]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chromium import BrowserFailed, Page, chromium
from demo import MODULE, SNAPSHOTS, storefront_options
from local_host import Visitor, running
from local_process import NotStarted

ROOT = Path(__file__).resolve().parent.parent
WIDE, LAPTOP, PHONE = (1600, 1000), (1180, 800), (360, 740)
SETTLED = "document.querySelector('#content[data-settled]')"
REGION = "367"

# The panel beside the page scrolls by itself.
HEIGHT = """(() => {
    const panel = document.querySelector("#panel");
    const beside = getComputedStyle(panel).position === "sticky" ? panel.offsetTop + panel.scrollHeight : 0;
    return Math.max(document.documentElement.scrollHeight, beside); })()"""
# Until nothing moves any more and all of it has been painted; what never ends is not waited for.
STILL = """Promise.all(document.getAnimations()
    .map((each) => each.effect.getTiming().iterations === 1 && each.finished))
    .then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))"""
WARMING = 40
CONTEXTS = ("homepage", "product", "cart", "category", "search", "after_purchase")


def warm_up(address: str) -> None:
    """So that the times in the pictures are those of a host at work."""
    visitor = Visitor(address)
    for _ in range(WARMING):
        for context in CONTEXTS:
            visitor.get("/recommendations", context=context, region=REGION, q="milk")


def visit(page: Page, address: str) -> None:
    page.open(address)
    page.wait_for(SETTLED)


def follow(page: Page, selector: str) -> None:
    """A click on a link, until the page behind it has settled."""
    before = page.evaluate("location.href")
    page.click(selector)
    page.wait_for(f"location.href !== {before!r} && {SETTLED}")


def consent(page: Page) -> None:
    page.click("#ask-consent button[value=session]")
    page.wait_for(f"document.querySelector('#ask-consent').hidden && {SETTLED}")


def put_in_cart(page: Page) -> None:
    page.click(".product .add")
    page.wait_for(SETTLED)


def choose_region(page: Page) -> None:
    page.evaluate(f"(() => {{ const list = document.querySelector('#region'); list.value = '{REGION}';"
                  "list.dispatchEvent(new Event('change', {bubbles: true})); })()")  # fmt: skip


class Album:
    def __init__(self, folder: Path, scheme: str):
        self._folder = folder
        self._scheme = scheme

    def take(self, page: Page, name: str, window: tuple[int, int] | None = None) -> None:
        """What the window shows, or where its size is given the whole page: then the window is as high for so long."""
        if window:
            page.evaluate("scrollTo(0, 0)")
            page.resize(window[0], max(window[1], page.evaluate(HEIGHT)))
        page.point_nowhere()
        page.evaluate(STILL)
        path = self._folder / f"{name}-{self._scheme}.png"
        page.screenshot(path)
        print(path, flush=True)
        if window:
            page.resize(*window)


def tour(page: Page, address: str, album: Album) -> None:
    visit(page, address + "/")
    album.take(page, "home-first-visit")
    choose_region(page)
    consent(page)
    for query in ("yogurt", "bananas", "coffee"):
        page.click("#search input")
        page.evaluate("document.querySelector('#search input').select()")
        page.type(query)
        page.press("Enter")
        page.wait_for(f"location.search === '?q={query}' && {SETTLED}")
        if query == "coffee":
            album.take(page, "search", WIDE)
        follow(page, ".grid li:nth-child(2) h3 a")
        put_in_cart(page)
    album.take(page, "product", WIDE)
    follow(page, ".shelf .track li:nth-child(3) h3 a")
    put_in_cart(page)
    follow(page, ".crumbs li:nth-child(2) a")
    album.take(page, "category", WIDE)
    follow(page, "a[href='?cart']")
    album.take(page, "cart", WIDE)
    follow(page, ".logo")
    album.take(page, "home-later", WIDE)
    follow(page, "a[href='?cart']")
    follow(page, ".sum .button")
    album.take(page, "thank-you", WIDE)


def small_tour(page: Page, address: str, album: Album) -> None:
    visit(page, address + "/")
    consent(page)
    album.take(page, "phone-home", PHONE)
    follow(page, ".shelf .track li:nth-child(1) h3 a")
    put_in_cart(page)
    album.take(page, "phone-product", PHONE)
    follow(page, "a[href='?cart']")
    album.take(page, "phone-cart", PHONE)
    page.click("#panel-toggle")
    album.take(page, "phone-panel")


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of the storefront in both colour schemes.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "screenshots", help="(default: dist/screenshots)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with running(SNAPSHOTS, MODULE, *storefront_options()) as address, chromium() as browser:
            warm_up(address)
            for scheme in ("light", "dark"):
                album = Album(options.out, scheme)
                media = {"prefers_color_scheme": scheme, "prefers_reduced_motion": "reduce"}
                with browser.page(*WIDE, **media) as page:
                    tour(page, address, album)
                    complaints = page.complaints
                with browser.page(*LAPTOP, **media) as page:
                    visit(page, address + "/?cart")
                    page.click("#panel-toggle")
                    album.take(page, "laptop-panel")
                with browser.page(*PHONE, **media) as page:
                    small_tour(page, address, album)
                    complaints += page.complaints
                if complaints:
                    raise BrowserFailed("the pages complain: " + "; ".join(complaints))
    except (BrowserFailed, NotStarted) as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
