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
from local_host import running
from local_process import NotStarted

ROOT = Path(__file__).resolve().parent.parent
WIDE, LAPTOP, PHONE = (1600, 1000), (1180, 800), (360, 740)
SETTLED = "document.querySelector('#content[data-settled]')"
REGION = "367"


def visit(page: Page, address: str) -> None:
    page.open(address)
    page.wait_for(SETTLED)


def follow(page: Page, selector: str) -> None:
    """A click on a link, until the page behind it has settled."""
    before = page.evaluate("location.href")
    page.click(selector)
    page.wait_for(f"location.href !== {before!r} && {SETTLED}")


def choose_region(page: Page) -> None:
    page.evaluate(f"(() => {{ const list = document.querySelector('#region'); list.value = '{REGION}';"
                  "list.dispatchEvent(new Event('change', {bubbles: true})); })()")  # fmt: skip


class Album:
    def __init__(self, folder: Path, scheme: str):
        self._folder = folder
        self._scheme = scheme

    def take(self, page: Page, name: str, whole: bool = True) -> None:
        # Until nothing moves any more; what never ends is not waited for.
        page.evaluate("""Promise.all(document.getAnimations()
            .map((each) => each.effect.getTiming().iterations === 1 && each.finished))""")
        if whole:
            page.evaluate("scrollTo(0, 0)")
        path = self._folder / f"{name}-{self._scheme}.png"
        page.screenshot(path, whole)
        print(path, flush=True)


def tour(page: Page, address: str, album: Album) -> None:
    visit(page, address + "/")
    album.take(page, "home-first-visit", whole=False)
    choose_region(page)
    page.click("#ask-consent button[value=session]")
    page.wait_for("document.querySelector('#ask-consent').hidden")
    for query in ("yogurt", "coffee"):
        page.click("#search input")
        page.evaluate("document.querySelector('#search input').select()")
        page.type(query)
        page.press("Enter")
        page.wait_for(f"location.search === '?q={query}' && {SETTLED}")
        if query == "coffee":
            album.take(page, "search")
        follow(page, ".grid li:nth-child(2) h3 a")
        page.click(".product .add")
    album.take(page, "product")
    follow(page, ".shelf .track li:nth-child(3) h3 a")
    page.click(".product .add")
    follow(page, ".crumbs li:nth-child(2) a")
    album.take(page, "category")
    follow(page, "a[href='?cart']")
    album.take(page, "cart")
    follow(page, ".logo")
    album.take(page, "home-later")
    follow(page, "a[href='?cart']")
    follow(page, ".sum .button")
    album.take(page, "thank-you")


def small_tour(page: Page, address: str, album: Album) -> None:
    visit(page, address + "/")
    page.click("#ask-consent button[value=session]")
    album.take(page, "phone-home")
    follow(page, ".shelf .track li:nth-child(1) h3 a")
    page.click(".product .add")
    album.take(page, "phone-product")
    follow(page, "a[href='?cart']")
    album.take(page, "phone-cart")
    page.click("#panel-toggle")
    album.take(page, "phone-panel", whole=False)


def main() -> int:
    parser = argparse.ArgumentParser(description="Pictures of the storefront in both colour schemes.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "screenshots", help="(default: dist/screenshots)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        with running(SNAPSHOTS, MODULE, *storefront_options()) as address, chromium() as browser:
            for scheme in ("light", "dark"):
                album = Album(options.out, scheme)
                media = {"prefers_color_scheme": scheme, "prefers_reduced_motion": "reduce"}
                with browser.page(*WIDE, **media) as page:
                    tour(page, address, album)
                    complaints = page.complaints
                with browser.page(*LAPTOP, **media) as page:
                    visit(page, address + "/?cart")
                    page.click("#panel-toggle")
                    album.take(page, "laptop-panel", whole=False)
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
