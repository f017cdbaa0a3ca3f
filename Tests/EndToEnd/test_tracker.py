"""The event tracker, minified, on real pages in a real browser, before the real host."""

from __future__ import annotations

import json
import subprocess

import pytest
from builds import MODULE, ROOT
from local_host import running

BYTES_MAX = 3000
HEAD = """<!doctype html><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">"""
TRACKER = """<script src="tracker.min.js" data-consent="session"></script>"""
TALL = "<div class=tall></div><style>.tall { height: 3000px } [data-martlet-item] { display: block }</style>"

PAGES = {
    "plain": "<a href=plain.html>On</a>",
    "product": "<main data-martlet-item=apple data-martlet-event=view><button data-martlet-event=add_to_cart>Buy</button></main>" + TALL,
    "list": """<a data-martlet-item=apple data-martlet-event="impression click" href="#a">Apple</a>
        <a data-martlet-item=pear data-martlet-event="impression click" href="#p">Pear</a>
        <a data-martlet-item=pear data-martlet-event=impression href="#p2">Pear again</a>"""
    + TALL
    + """<a id=deep data-martlet-item=lemon data-martlet-event=impression href="#l">Lemon</a>""",
    "search": """<form data-martlet-event=search onsubmit="event.preventDefault()"><input name=q><button>Go</button></form>""",
    "thanks": "<ul data-martlet-event=purchase><li data-martlet-item=apple><li data-martlet-item=pear></ul>",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    done = subprocess.run([ROOT / "scripts/build-tracker", folder / "tracker.min.js"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, body in PAGES.items():
        (folder / f"{name}.html").write_text(HEAD + TRACKER + body)
        (folder / f"{name}-unasked.html").write_text(HEAD + TRACKER.replace(' data-consent="session"', "") + body)
    # Pushed before the tracker is there, as pages do.
    early = "<script>dataLayer = [{event: 'view_item', ecommerce: {items: [{item_id: 'pear'}]}}]</script>"
    (folder / "layer.html").write_text(HEAD + early + TRACKER)
    return folder


@pytest.fixture(scope="module")
def address(small_shop, pages):
    with running(small_shop[0], MODULE, "--storefront", str(pages)) as address:
        yield address


class Visit:
    def __init__(self, page, address: str):
        self.page = page
        self.address = address

    def open(self, name: str) -> None:
        self.page.open(f"{self.address}/{name}.html")

    def call(self, arguments: str) -> object:
        """Calls the function, and waits until the host has answered for everything."""
        return self.page.evaluate(f"martlet({arguments})")

    def settle(self) -> None:
        self.page.evaluate("new Promise((resolve) => setTimeout(resolve, 400)).then(() => martlet('settled'))")

    @property
    def bodies(self) -> list[list[dict]]:
        requests = [request for request in self.page.requests if request["url"].endswith("/events")]
        return [json.loads(request["postData"]) for request in requests]

    @property
    def events(self) -> list[dict]:
        """Everything sent, without its time."""
        return [{key: value for key, value in event.items() if key != "time"} for body in self.bodies for event in body]

    def signals(self) -> int:
        return self.page.evaluate("fetch('/recommendations').then((answer) => answer.json()).then((answer) => answer.signals)")


@pytest.fixture
def visit(chromium_browser, address):
    with chromium_browser.page(1000, 700) as page:
        yield Visit(page, address)
        assert page.complaints == []


def test_it_is_as_small_as_promised(pages):
    assert (pages / "tracker.min.js").stat().st_size <= BYTES_MAX


def test_a_page_of_an_item_is_a_view_and_its_button_a_cart(visit):
    visit.open("product")
    visit.page.click("button")
    visit.settle()
    assert visit.events == [{"event": "view", "item_id": "apple"}, {"event": "add_to_cart", "item_id": "apple"}]
    assert visit.signals() == 2
    assert all(abs(event["time"] - visit.page.evaluate("Date.now()")) < 60_000 for event in visit.bodies[0])


def test_at_a_click_only_what_is_due_then_counts(visit):
    visit.open("plain")
    visit.page.evaluate("""document.body.innerHTML =
        '<p data-martlet-item=pear data-martlet-event="click rate remove_from_cart dwell purchase search">Pear'""")
    visit.page.click("p")
    visit.settle()
    # A purchase stands for the items inside, and there are none.
    assert visit.events == [{"event": event, "item_id": "pear"} for event in ("click", "rate", "remove_from_cart")]


def test_impressions_are_what_was_seen_for_a_second_and_once(visit):
    visit.open("list")
    visit.page.wait_until(lambda: len(visit.events) == 2, "two impressions")
    visit.settle()
    assert visit.events == [{"event": "impression", "item_id": item} for item in ("apple", "pear")]
    visit.page.evaluate("document.querySelector('#deep').scrollIntoView()")
    visit.page.evaluate("new Promise((resolve) => setTimeout(resolve, 400))")
    visit.page.evaluate("scrollTo(0, 0)")
    visit.page.evaluate("new Promise((resolve) => setTimeout(resolve, 1500))")
    assert len(visit.events) == 2, "a glance is not enough"
    visit.page.evaluate("document.querySelector('#deep').scrollIntoView()")
    visit.page.wait_until(lambda: len(visit.events) == 3, "the third impression")
    assert visit.events[2]["item_id"] == "lemon"
    visit.page.click("a")
    visit.settle()
    assert visit.events[3:] == [{"event": "click", "item_id": "apple"}]


def test_what_a_page_adds_later_counts_too(visit):
    visit.open("plain")
    visit.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p data-martlet-item=pear data-martlet-event=view>Pear')")
    visit.settle()
    visit.page.evaluate("document.querySelector('p').dataset.martletItem = 'lemon'")
    visit.settle()
    assert visit.events == [{"event": "view", "item_id": "pear"}, {"event": "view", "item_id": "lemon"}]


def test_searches_and_purchases(visit):
    visit.open("search")
    visit.page.click("input")
    visit.page.type("green tea")
    visit.page.press("Enter")
    visit.settle()
    visit.open("thanks")
    visit.settle()
    assert visit.events == [
        {"event": "search", "search_term": "green tea"},
        {"event": "purchase", "items": [{"item_id": "apple"}, {"item_id": "pear"}]},
    ]
    assert visit.signals() == 3


def test_the_function(visit):
    visit.open("plain")
    assert visit.call("'rate', {item_id: 'apple', rating: 4}") == "session"
    visit.call("'no_such_event', {item_id: 'apple'}")
    visit.call("'view'")
    assert visit.events == [{"event": "rate", "item_id": "apple", "rating": 4}]
    assert visit.signals() == 1


def test_a_data_layer_is_understood_and_only_its_ids_are_sent(visit):
    visit.open("layer")
    visit.page.evaluate("""(() => {
        function gtag() { dataLayer.push(arguments); }
        const item = (item_id) => ({item_id, item_name: "Name", price: 3, quantity: 2});
        gtag("js", new Date());
        gtag("event", "add_to_cart", {currency: "EUR", user: "eve", items: [item("apple")]});
        dataLayer.push(null, 5, "text", () => 1, {event: "gtm.js"}, {event: "begin_checkout", ecommerce: {items: [item("apple")]}});
        dataLayer.push({event: "remove_from_cart", ecommerce: {items: [item("apple")]}}, {ecommerce: null});
        dataLayer.push({event: "view_item_list", ecommerce: {items: [item("lemon"), {item_name: "no id"}]}});
        dataLayer.push({event: "select_item", ecommerce: {items: [item("lemon")]}});
        dataLayer.push({event: "search", search_term: "tea"});
        gtag("event", "purchase", {transaction_id: "T1", items: [item("pear"), item("lemon")]});
    })()""")
    visit.settle()
    assert visit.events == [
        {"event": "view_item", "items": [{"item_id": "pear"}]},
        {"event": "add_to_cart", "items": [{"item_id": "apple"}]},
        {"event": "remove_from_cart", "items": [{"item_id": "apple"}]},
        {"event": "view_item_list", "items": [{"item_id": "lemon"}]},
        {"event": "select_item", "items": [{"item_id": "lemon"}]},
        {"event": "search", "search_term": "tea"},
        {"event": "purchase", "items": [{"item_id": "pear"}, {"item_id": "lemon"}]},
    ]
    assert visit.signals() == 8
    assert visit.page.evaluate("dataLayer.length") == 15, "the page's own layer holds everything"


def test_one_request_at_a_time_and_none_of_the_events_is_lost(visit):
    visit.page.before_scripts("""
        window.flights = {now: 0, most: 0};
        const real = window.fetch;
        window.fetch = async (...request) => {
          if (String(request[0]).endsWith("/events")) flights.most = Math.max(flights.most, ++flights.now);
          const answer = await real(...request);
          await new Promise((resolve) => setTimeout(resolve, 150));
          if (String(request[0]).endsWith("/events")) flights.now--;
          return answer;
        };""")
    visit.open("plain")
    visit.page.evaluate("""(async () => {
        for (let count = 0; count < 60; count++) martlet("click", {item_id: "apple"});
        await new Promise((resolve) => setTimeout(resolve, 380));
        for (let count = 0; count < 4; count++) martlet("view", {item_id: "pear"});
        await martlet("settled");
    })()""")
    assert visit.page.evaluate("flights.most") == 1
    assert [len(body) for body in visit.bodies][0] == 50 and len(visit.bodies) >= 2
    assert visit.signals() == 64


def test_a_host_that_fails_gets_the_events_later(visit):
    visit.page.before_scripts("""
        const real = window.fetch;
        let failures = 0;
        window.fetch = (...request) => {
          if (!String(request[0]).endsWith("/events") || failures > 1) return real(...request);
          return failures++ ? Promise.resolve(new Response("", {status: 503})) : Promise.reject(new TypeError("offline"));
        };
        const wait = window.setTimeout;
        window.setTimeout = (action, delay) => wait(action, Math.min(delay, 500));""")
    visit.open("plain")
    visit.call("'view', {item_id: 'apple'}")
    assert visit.events == [{"event": "view", "item_id": "apple"}]
    assert visit.signals() == 1


def test_dwell_and_scroll_depth_are_sent_when_the_page_is_left(visit):
    # The protocol does not tell of requests that outlive their page: a copy is put aside on the way.
    visit.page.before_scripts("""
        const real = navigator.sendBeacon.bind(navigator);
        navigator.sendBeacon = (address, body) => real(address, sessionStorage.sent = body);""")
    visit.open("product")
    visit.settle()
    visit.page.evaluate("scrollTo(0, 1200)")
    visit.page.evaluate("new Promise((resolve) => setTimeout(resolve, 2300))")
    visit.open("plain")
    [dwell] = json.loads(visit.page.evaluate("sessionStorage.sent"))
    assert dwell["event"] == "dwell" and dwell["item_id"] == "apple"
    assert 2 <= dwell["seconds"] <= 6 and 50 <= dwell["scroll_depth"] < 100
    visit.page.wait_until(lambda: visit.signals() == 2, "the session holds it")


def test_what_the_browser_refuses_as_a_beacon_is_sent_all_the_same(visit):
    visit.page.before_scripts("navigator.sendBeacon = () => false")
    visit.open("plain")
    visit.page.evaluate("(martlet('click', {item_id: 'apple'}), dispatchEvent(new Event('pagehide')), 0)")
    visit.settle()
    assert visit.events == [{"event": "click", "item_id": "apple"}]


def test_what_went_as_a_beacon_is_not_sent_again(visit):
    visit.page.before_scripts("navigator.sendBeacon = () => true")
    visit.open("plain")
    visit.page.evaluate("(martlet('click', {item_id: 'apple'}), dispatchEvent(new Event('pagehide')), 0)")
    visit.settle()
    assert visit.events == []


def test_nobody_dwells_in_a_hidden_page(visit):
    visit.page.before_scripts("Object.defineProperty(document, 'hidden', {get: () => true})")
    visit.open("product")
    visit.settle()
    visit.page.evaluate("new Promise((resolve) => setTimeout(resolve, 2200))")
    visit.open("plain")
    visit.settle()
    assert visit.signals() == 1, "the view alone"


def test_without_consent_nothing_is_sent_or_stored(visit):
    visit.open("product-unasked")
    visit.page.click("button")
    assert visit.call("'view', {item_id: 'apple'}") == "none"
    visit.page.evaluate("new Promise((resolve) => setTimeout(resolve, 1500))")
    visit.open("plain-unasked")
    visit.settle()
    assert visit.bodies == [] and visit.page.cookies() == {}
    assert visit.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_consent_counts_from_when_it_is_given_until_it_is_taken_back(visit):
    visit.open("product-unasked")
    visit.settle()
    assert visit.call("'consent', 'session'") == "session"
    visit.settle()
    assert visit.events == [{"event": "view", "item_id": "apple"}], "the page that is open counts"
    assert set(visit.page.cookies()) == {"martlet_consent", "martlet_session"}
    visit.open("product-unasked")
    visit.settle()
    assert len(visit.events) == 2, "the choice is remembered"
    visit.page.evaluate("(martlet('click', {item_id: 'apple'}), martlet('consent', 'none'))")
    assert visit.bodies[-1] == [] and len(visit.events) == 2, "what waited is not sent"
    assert visit.page.cookies() == {"martlet_consent": "none"}
    visit.page.click("button")
    visit.open("product")
    visit.settle()
    assert len(visit.events) == 2, "the visitor's choice goes before the page's"


def test_a_consent_banner_of_the_shops_own_may_set_the_cookie(visit):
    visit.open("plain-unasked")
    visit.page.evaluate("document.cookie = 'martlet_consent=full'")
    assert visit.call("'view', {item_id: 'apple'}") == "full"
    visit.page.evaluate("(martlet('view', {item_id: 'pear'}), document.cookie = 'martlet_consent=none')")
    visit.settle()
    assert [event["item_id"] for event in visit.events] == ["apple"], "what waited when it was taken back is not sent"


def test_a_cookie_of_another_name_is_no_consent(visit):
    visit.open("plain-unasked")
    visit.page.evaluate("(document.cookie = 'x-martlet_consent=full', document.cookie = 'y=martlet_consent=full')")
    assert visit.call("'view', {item_id: 'apple'}") == "none"
    visit.page.evaluate("document.cookie = 'martlet_consent=session'")
    assert visit.call("'consent'") == "session"


@pytest.mark.parametrize("level", ["everything", "", "none"])
def test_what_is_no_consent_is_none(visit, level):
    visit.open("plain-unasked")
    visit.page.evaluate(f"document.cookie = 'martlet_consent={level}'")
    visit.call("'view', {item_id: 'apple'}")
    assert visit.bodies == []


def test_the_browsers_refusal_goes_before_everything(visit):
    visit.page.before_scripts("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    visit.open("product")
    assert visit.call("'consent', 'full'") == "none"
    visit.call("'view', {item_id: 'apple'}")
    visit.settle()
    assert visit.bodies == [] and visit.page.cookies() == {}
