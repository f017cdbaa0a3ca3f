"""The storefront in a real browser, before the real host."""

from __future__ import annotations

import json

import pytest
from builds import MODULE, ROOT
from local_host import running
from small_shop import CATALOGUE

CONSENT = "martlet_consent"
SESSION = "martlet_session"
SETTLED = "document.querySelector('#content[data-settled]')"
STOREFRONT = ROOT / "wasm-host" / "storefront"


@pytest.fixture(scope="module")
def address(small_shop):
    snapshots, goods = small_shop
    with running(snapshots, MODULE, "--allow-overrides", "--storefront", str(STOREFRONT), "--storefront", str(goods)) as address:
        yield address


class Shop:
    """A visit to the shop."""

    def __init__(self, page, address: str):
        self.page = page
        self.address = address

    def open(self, target: str = "/") -> None:
        self.page.open(self.address + target)
        self.settle()

    def settle(self) -> None:
        """Until the shelves follow from all that was done."""
        self.page.wait_for(SETTLED)

    def follow(self, selector: str) -> None:
        before = self.page.evaluate("location.href")
        self.page.click(selector)
        self.page.wait_for(f"location.href !== {before!r} && {SETTLED}")

    def consent(self, level: str) -> None:
        self.page.click(f"#ask-consent button[value={level}]")
        self.page.wait_for("document.querySelector('#ask-consent').hidden")

    def search(self, word: str) -> None:
        self.page.click("#search input")
        self.page.type(word)
        self.page.press("Enter")
        self.page.wait_for(f"location.search === '?q={word}' && {SETTLED}")

    def items(self, shelf: int = 0) -> list[str]:
        return self.page.evaluate(
            f"[...document.querySelectorAll('.shelf')[{shelf}].querySelectorAll('.card')].map((card) => card.dataset.martletItem)"
        )

    def reason(self, item: str) -> str:
        return self.page.evaluate(f"document.querySelector('.shelf [data-martlet-item={item}] .why').innerText")

    def add_to_cart(self) -> None:
        self.page.evaluate("delete document.querySelector('#content').dataset.settled")
        self.page.click(".product .add")
        self.settle()

    def posts(self) -> list[str]:
        return [request.get("postData", "") for request in self.page.requests if request["method"] == "POST"]

    def signals(self) -> int:
        return self.page.evaluate("fetch('/recommendations').then((answer) => answer.json()).then((answer) => answer.signals)")

    def focused(self) -> str:
        return self.page.evaluate("(({id, className, tagName}) => id || className || tagName)(document.activeElement)")

    def tab_to(self, condition: str) -> None:
        for _ in range(80):
            if self.page.evaluate(f"Boolean({condition})"):
                return
            self.page.press("Tab")
        pytest.fail(f"the Tab key never leads to {condition}")


@pytest.fixture
def shop(chromium_browser, address):
    with chromium_browser.page(1400, 900, prefers_reduced_motion="reduce") as page:
        yield Shop(page, address)
        assert page.complaints == []
        assert {request["url"].removeprefix(address)[:1] for request in page.requests} <= {"/"}, "it asks others too"


def test_what_is_looked_at_changes_the_shelves_within_one_navigation(shop):
    shop.open()
    shop.consent("session")
    before = shop.items()
    assert "goat-cheese" not in before[:2] and "Popular" in shop.reason(before[0])
    shop.open("/?product=edam-cheese")
    assert shop.items()[0] == "goat-cheese", "the two are always bought together"
    shop.follow(".logo")
    assert set(shop.items()[:2]) == {"edam-cheese", "goat-cheese"}
    assert "Edam cheese" in shop.reason("goat-cheese")
    assert shop.page.evaluate("document.querySelector('.shelf h2').innerText") == "Picked for you"


def test_who_hurries_on_still_gets_shelves_of_what_was_just_looked_at(shop):
    shop.open("/?category=Dairy")
    shop.consent("session")
    # Back on the first page before anything could be sent.
    shop.page.evaluate("""(async () => {
        document.querySelector(".grid [data-martlet-item=edam-cheese] a").click();
        await new Promise((resolve) => setTimeout(resolve, 30));
        document.querySelector(".logo").click();
    })()""")
    shop.page.wait_for(f"location.search === '' && {SETTLED}")
    assert set(shop.items()[:2]) == {"edam-cheese", "goat-cheese"}


def test_each_page_has_shelves_and_the_cart_counts(shop):
    shop.open("/?category=Dairy")
    shop.consent("session")
    cheeses = {item for item, _, category, _ in CATALOGUE if category.startswith("Dairy")}
    assert set(shop.items()[:10]) == cheeses and len(shop.items()) == 14
    shop.follow(".grid a")
    shop.add_to_cart()
    shop.follow("a[href='?cart']")
    assert shop.page.evaluate("document.querySelectorAll('.line').length") == 1
    in_cart = shop.page.evaluate("document.querySelector('.line button').dataset.martletItem")
    assert in_cart not in shop.items() and shop.items()
    shop.follow(".sum .button")
    assert shop.page.evaluate("document.querySelector('h1').innerText") == "Thank you!"
    assert in_cart not in shop.items(), "what was just bought is not recommended"
    sent = [event["event"] for body in shop.posts() for event in json.loads(body)]
    assert {"view", "add_to_cart", "purchase"} <= set(sent)
    shop.follow("a[href='?cart']")
    assert shop.page.evaluate("document.querySelectorAll('.line').length") == 0


@pytest.mark.parametrize("target", ["/", "/?product=edam-cheese", "/?product=apple"])
def test_no_item_stands_on_two_shelves_of_a_page(shop, target):
    shop.open(target)
    shop.consent("session")
    shop.open(target)
    shelves = shop.page.evaluate("document.querySelectorAll('.shelf:not([hidden])').length")
    shown = [item for shelf in range(shelves) for item in shop.items(shelf)]
    assert shelves >= 2 and len(shown) > 14
    assert len(set(shown)) == len(shown), sorted(item for item in set(shown) if shown.count(item) > 1)


def test_one_request_fills_both_shelves_of_a_product(shop):
    shop.open("/?product=edam-cheese")
    asked = [request["url"] for request in shop.page.requests if "/recommendations?" in request["url"]]
    assert len(asked) == 1 and "placements=product%3A14%2Ccategory%3A14" in asked[0]
    cheeses = {item for item, _, category, _ in CATALOGUE if category == "Dairy > Cheese"}
    assert cheeses <= {"edam-cheese", *shop.items(0), *shop.items(1)}


def test_search_finds_and_recommends(shop):
    shop.open()
    shop.consent("session")
    shop.search("cheeses")
    assert shop.page.evaluate("document.querySelectorAll('.grid li').length") >= 7
    assert shop.items()
    assert {"search"} <= {event["event"] for body in shop.posts() for event in json.loads(body)}
    count = "document.querySelector('.page .count').innerText"
    assert shop.page.evaluate(count).startswith("10 found"), "the host matches the category too"


@pytest.mark.parametrize("says_no", [False, True])
def test_without_consent_nothing_is_stored(shop, says_no):
    shop.open()
    popular = shop.items()
    if says_no:
        shop.consent("none")
    for target in ("/?product=edam-cheese", "/?product=apple"):
        shop.page.evaluate(f"history.pushState({{}}, '', '{target}'); dispatchEvent(new PopStateEvent('popstate'))")
        shop.settle()
        shop.add_to_cart()
    shop.page.evaluate("new Promise((resolve) => setTimeout(resolve, 1200))")
    shop.follow(".logo")
    assert shop.items() == popular
    assert shop.posts() == []
    assert shop.page.cookies() == ({CONSENT: "none"} if says_no else {})
    assert shop.page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert shop.signals() == 0


def test_the_question_names_what_is_stored_and_for_how_long(shop):
    shop.open("/?product=edam-cheese")
    question = shop.page.evaluate("document.querySelector('#ask-consent p').innerText")
    shop.consent("session")
    shop.add_to_cart()
    now = shop.page.evaluate("Date.now()") / 1000
    cookies = shop.page.command("Network.getCookies")["cookies"]
    days = {cookie["name"]: round((cookie["expires"] - now) / 86400, 2) for cookie in cookies}
    assert days == {SESSION: 1, CONSENT: 180}
    assert "in a cookie for a day" in question and "A second cookie keeps your answer" in question and "for 180 days" in question
    assert shop.page.evaluate("Object.keys(sessionStorage)") == ["shop.cart"] and "cart and region in this tab" in question
    assert shop.page.evaluate("localStorage.length") == 0


def test_consent_that_is_withdrawn_takes_everything_along(shop):
    shop.open("/?product=edam-cheese")
    shop.consent("session")
    shop.add_to_cart()
    assert set(shop.page.cookies()) == {CONSENT, SESSION} and shop.signals() > 0
    shop.page.evaluate("delete document.querySelector('#content').dataset.settled")
    shop.page.click("#consent input[value=none]")
    shop.page.wait_until(lambda: shop.page.cookies() == {CONSENT: "none"}, "the session's cookie is gone")
    shop.settle()
    assert shop.posts().pop() == "[]", "the host is told, and told nothing else"
    asked = len(shop.posts())
    shop.follow(".logo")
    assert shop.page.evaluate("sessionStorage.length") == 0
    assert len(shop.posts()) == asked and shop.signals() == 0
    assert "Popular" in shop.reason(shop.items()[0])


def test_the_browsers_own_refusal_needs_no_question(shop):
    shop.page.before_scripts("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    shop.open("/?product=edam-cheese")
    assert shop.page.evaluate("document.querySelector('#ask-consent').hidden")
    assert shop.page.evaluate("[...document.querySelectorAll('#consent input')].every((input) => input.disabled)")
    shop.add_to_cart()
    assert shop.posts() == [] and shop.page.cookies() == {}


def test_the_region_switch_changes_the_lists(shop):
    shop.open()
    lists = {}
    for region in ("North", "South", ""):
        shop.page.evaluate("delete document.querySelector('#content').dataset.settled")
        shop.page.evaluate(
            f"(() => {{ const list = document.querySelector('#region'); list.value = '{region}';"
            "list.dispatchEvent(new Event('change', {bubbles: true})); })()"
        )
        shop.settle()
        lists[region] = shop.items()
        assert shop.page.evaluate("document.querySelector('#answer-region').innerText") == (region or "everywhere")
    aisles = {item: category for item, _, category, _ in CATALOGUE}
    assert [aisles[lists[region][0]] for region in ("North", "South")] == ["Bakery > Bread", "Fruit > Fresh"]
    assert lists["North"] != lists["South"] != lists[""]


def test_the_panel_tells_what_the_answer_took_and_why(shop):
    shop.open("/?product=edam-cheese")
    text = shop.page.evaluate("document.querySelector('#panel').innerText")
    for part in ("Scorer", "Round trip", "ms", "Segments", "product", "Edam cheese"):
        assert part in text
    assert shop.page.evaluate("document.querySelectorAll('#reasons li').length") == 8


def test_the_panel_names_what_is_kept_of_a_search_and_what_the_bars_are(shop):
    shop.open()
    shop.consent("session")
    shop.search("tea")
    rows = shop.page.evaluate("[...document.querySelectorAll('#newest li')].map((row) => row.innerText)")
    assert any(row.startswith("search") and "kept as a hash" in row for row in rows) and not any("tea" in row for row in rows)
    note = shop.page.evaluate("document.querySelector('#round-trips-note').innerText")
    bars = shop.page.evaluate("document.querySelectorAll('#round-trips rect').length")
    assert note.startswith(f"The last {bars} round trips, the longest ") and note.endswith(" ms")


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_the_cards_of_a_shelf_stand_in_rows_that_do_not_overlap(shop, width):
    shop.page.resize(width, 900)
    shop.open("/?product=edam-cheese")
    shelves = shop.page.evaluate("""[...document.querySelectorAll(".shelf")].map((shelf) =>
        [...shelf.querySelectorAll(".card")].map((card) => ["about", "price", "add", "why"].map((part) => {
          const { top, bottom } = card.querySelector("." + part).getBoundingClientRect(); return [top, bottom]; })))""")
    for cards in shelves:
        assert len({(price[0], why[0]) for _, price, _, why in cards}) == 1, "one line for all prices, one for all reasons"
        for about, price, add, why in cards:
            assert about[1] <= price[0] + 1 and max(price[1], add[1]) <= why[0] + 1 and add[0] >= price[0] - 8


def test_a_phone_shows_that_a_shelf_goes_on(shop):
    shop.page.resize(360, 740)
    shop.open()
    left = shop.page.evaluate("document.querySelectorAll('.shelf .card')[2].getBoundingClientRect().left")
    assert 320 < left < 345, "the third card looks in"


def test_titles_of_the_till_are_read_and_drawn_as_what_they_are(shop):
    shop.open()
    read = shop.page.evaluate("""Promise.all([import("/scripts/words.js"), import("/scripts/art.js")]).then(([words, art]) =>
        [["NON-CRBNTD DRNKING/MNERAL WATE Private GAL", "GROCERY > WATER"], ["KIWI FRUIT National", "PRODUCE > TROPICAL FRUIT"],
          ["PINEAPPLE WHOLE National", "PRODUCE > TROPICAL FRUIT"], ["COFFEE FILTERS Private", "GROCERY > COFFEE"]]
          .map(([title, category]) => [words.nameOf(title, category).name, art.kindOf(title, category)]))""")
    assert read == [["Still water", "water"], ["Kiwi fruit", "kiwi"], ["Pineapple whole", "pineapple"], ["Coffee filters", "filter"]]


def test_everything_is_reached_by_keyboard(shop):
    shop.open()
    shop.consent("session")
    shop.page.evaluate("document.activeElement.blur()")
    shop.open()
    shop.page.press("Tab")
    assert shop.focused() == "skip"
    shop.page.press("Enter")
    assert shop.focused() == "content"
    shop.tab_to("document.activeElement.matches('.track')")
    shop.page.press("ArrowRight")
    shop.page.wait_for("document.activeElement.scrollLeft > 0")
    shop.tab_to("document.activeElement.matches('.card a')")
    name = shop.page.evaluate("document.activeElement.innerText")
    shop.page.press("Enter")
    shop.page.wait_for(f"location.search.startsWith('?product=') && {SETTLED}")
    assert shop.page.evaluate("document.activeElement.innerText") == name, "the new page's heading has the focus"
    shop.tab_to("document.activeElement.matches('.product .add')")
    shop.page.press("Enter")
    shop.page.wait_for("document.querySelector('#cart-count').innerText === '1'")


def test_the_panel_opens_and_closes_by_keyboard(shop):
    shop.page.resize(1000, 800)
    shop.open()
    shop.consent("session")
    assert not shop.page.evaluate("document.body.classList.contains('panel-open')")
    shop.page.evaluate("document.querySelector('#panel-toggle').focus()")
    shop.page.press("Enter")
    shop.page.wait_for("document.body.classList.contains('panel-open')")
    assert shop.focused() == "panel-heading"
    shop.page.evaluate("delete document.querySelector('#content').dataset.settled")
    shop.tab_to("document.activeElement.matches('#region')")
    shop.page.press("ArrowDown")
    shop.settle()
    region = shop.page.evaluate("document.activeElement.value")
    assert region and shop.page.evaluate("document.querySelector('#answer-region').innerText") == region
    shop.tab_to("document.activeElement.name === 'consent'")
    shop.page.press("ArrowRight")
    shop.page.wait_until(lambda: shop.page.cookies().get(CONSENT) == "full", "the arrow key chooses full consent")
    shop.page.press("Escape")
    shop.page.wait_for("!document.body.classList.contains('panel-open')")
    assert shop.focused() == "panel-toggle"


def test_the_focus_stays_where_something_is_taken_out_of_the_cart(shop):
    shop.open("/?product=apple")
    shop.consent("session")
    shop.add_to_cart()
    for item in ("pear", "lemon"):
        shop.page.evaluate(f"history.pushState({{}}, '', '/?product={item}'); dispatchEvent(new PopStateEvent('popstate'))")
        shop.settle()
        shop.add_to_cart()
    shop.follow("a[href='?cart']")
    assert shop.page.evaluate("document.querySelector('#top nav a').getAttribute('aria-current')") == "page"
    assert not shop.page.evaluate("document.querySelector('.logo').hasAttribute('aria-current')")
    shop.tab_to("document.activeElement.getAttribute('aria-label') === 'One less: Pear'")
    labels = []
    for left in (2, 1, 0):
        shop.page.press("Enter")
        shop.page.wait_for(f"document.querySelectorAll('.line').length === {left}")
        labels.append(shop.page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"))
    assert labels == ["One less: Lemon", "One less: Apple", "Your cart"]


@pytest.mark.parametrize("target", ["/", "/?product=apple", "/?category=Fruit", "/?q=tea", "/?cart", "/?nothing=1"])
def test_it_fits_a_small_phone(shop, target):
    shop.page.resize(360, 740)
    shop.open(target)
    assert shop.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert shop.page.evaluate("document.querySelectorAll('h1').length") == 1
    nameless = shop.page.evaluate("""[...document.querySelectorAll("button, a, input")]
        .filter((each) => !each.closest("[inert], [aria-hidden]"))
        .filter((each) => !each.innerText.trim() && !each.getAttribute("aria-label") && !each.labels?.length)
        .map((each) => each.outerHTML)""")
    assert nameless == []
