/**
 * Tells the host what a visitor does: product views, cart, purchases, searches, dwell and impressions. docs/tracker.md has the
 * attributes, the function and what is sent. Without consent it sends nothing and stores nothing.
 */
(() => {
  // These come first: numbers that a function begins with are minified into their places.
  const CONSENT_S = 180 * 86400;
  const BATCH_MAX = 50;
  const QUEUE_MAX = 200;
  const GATHER_MS = 300;
  const RETRY_MS = 5000;
  const IDLE_S = 30;
  const SEEN_MS = 1000;
  // Under a name that minifies: it stands here ten times, and 3,000 bytes are promised.
  const doc = document;
  const { host = "", consent: standard } = doc.currentScript.dataset;
  // Martlet's names, and GA4's, which hosts know too.
  const KNOWN =
    /^(view(_item(_list)?|_search_results)?|(add_to|remove_from)_cart|purchase|search|rate|impression|click|select_item|dwell)$/;

  let queue = [];
  /** Resolves when everything queued has been answered for; only one runs at a time. */
  let sending;
  /** The item whose page is open, how long and how far it has been read, and the page's address. */
  let page = {};
  let address;
  let idleSeconds = 0;
  /** Elements that were dealt with, and for which item. */
  const handled = new WeakMap();
  /** Items seen in this document: each counts once. */
  const seen = new Set();

  const isRefused = () => navigator.globalPrivacyControl;
  const consent = () =>
    (!isRefused() && (doc.cookie.match(/(^|; )martlet_consent=(\w+)/)?.[2] ?? standard)) || "none";
  const isAllowed = () => /^(session|full)$/.test(consent());

  const post = (events) =>
    fetch(`${host}/events`, {
      method: "POST",
      body: JSON.stringify(events),
      credentials: "include",
      keepalive: true,
    });

  /** Batch after batch, each after the answer to the one before: the session's token comes back with it. */
  const send = async () => {
    for (let wait = GATHER_MS; queue.length; ) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (!isAllowed()) queue = [];
      const batch = queue.splice(0, BATCH_MAX);
      wait = 0;
      try {
        if (batch[0] && (await post(batch)).status > 499) throw 0;
      } catch {
        queue.unshift(...batch);
        wait = RETRY_MS;
      }
    }
    sending = 0;
  };

  const record = (event, data) => {
    if (!isAllowed() || !KNOWN.test(event) || !(data.item_id || data.items?.[0] || /search/.test(event))) return;
    if (/^view(_item)?$/.test(event)) {
      finishDwell();
      page = { item_id: data.item_id ?? data.items[0].item_id, seconds: 0, scroll_depth: 0 };
      address = location.href;
      idleSeconds = 0;
    }
    queue = [...queue.slice(1 - QUEUE_MAX), { event, ...data, time: Date.now() }];
    sending ||= send();
  };

  const finishDwell = () => {
    const dwell = page;
    page = { ...page, seconds: 0 };
    if (dwell.seconds) record("dwell", dwell);
  };

  setInterval(() => {
    if (address !== location.href) {
      finishDwell();
      page = {};
    } else if (!doc.hidden && idleSeconds++ < IDLE_S) {
      const depth = (scrollY + innerHeight) / doc.documentElement.scrollHeight;
      page.seconds++;
      page.scroll_depth = Math.max(page.scroll_depth, Math.min(100, Math.round(depth * 100)));
    }
  }, 1000);

  const eventsOf = (element) => element.dataset.martletEvent.split(" ");
  const itemOf = (element) => ({ item_id: element.closest("[data-martlet-item]")?.dataset.martletItem });

  const visible = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        clearTimeout(target.martlet);
        if (intersectionRatio < 0.5) continue;
        target.martlet = setTimeout(() => {
          const item = itemOf(target);
          if (doc.hidden || seen.has(item.item_id)) return;
          seen.add(item.item_id);
          record("impression", item);
        }, SEEN_MS);
      }
    },
    { threshold: 0.5 },
  );

  /** What the document shows by itself: views, purchases, and what impressions wait for. */
  const scan = () => {
    if (!isAllowed()) return;
    for (const element of doc.querySelectorAll("[data-martlet-event]")) {
      const item = itemOf(element);
      if (handled.get(element) === `${item.item_id}`) continue;
      handled.set(element, `${item.item_id}`);
      visible.unobserve(element);
      for (const event of eventsOf(element)) {
        if (event === "view") record(event, item);
        if (event === "impression") visible.observe(element);
        if (event === "purchase") record(event, { items: [...element.querySelectorAll("[data-martlet-item]")].map(itemOf) });
      }
    }
  };

  const setConsent = async (level) => {
    const had = isAllowed();
    doc.cookie = `martlet_consent=${level};Path=/;Max-Age=${CONSENT_S};SameSite=Lax`;
    if (isAllowed()) return scan();
    queue = [];
    page = {};
    // The token's cookie is the host's, and without consent the host takes it away with this answer.
    await sending;
    if (had) await post([]);
  };

  /** GA4's events, pushed as objects or through `gtag("event", name, parameters)`: of their data the item ids and the search term. */
  const readLayer = (entry) => {
    // Anything may stand in there, and none of it may stop the page's own push.
    try {
      const [name, data] = entry.event ? [entry.event, entry.ecommerce ?? entry] : [entry[1], entry[2]];
      record(name, { items: data.items?.flatMap(({ item_id }) => (item_id ? { item_id } : [])), search_term: data.search_term });
    } catch {}
  };

  const listen = (names, action) => names.split(" ").map((name) => addEventListener(name, action, true));
  listen("scroll pointermove pointerdown keydown", () => (idleSeconds = 0));
  listen("click", ({ target }) => {
    const element = target.closest("[data-martlet-event]");
    for (const event of element ? eventsOf(element) : []) {
      if (/click|cart|rate/.test(event)) record(event, itemOf(element));
    }
  });
  listen("submit", ({ target }) => {
    if (target.dataset.martletEvent === "search") record("search", { search_term: [...new FormData(target).values()][0] });
  });
  // On phones a page often just becomes hidden, and never hears of its end.
  listen("visibilitychange pagehide", () => {
    finishDwell();
    // What the browser does not take for a beacon waits for its turn, should the page go on.
    if (isAllowed() && queue[0] && navigator.sendBeacon(`${host}/events`, JSON.stringify(queue))) queue = [];
  });
  new MutationObserver(scan).observe(doc, { subtree: true, childList: true, attributeFilter: ["data-martlet-item"] });

  /**
   * Records an event; `martlet("consent", level)` sets the consent, unless the browser itself refuses. The promise resolves when all
   * events have been answered for.
   */
  window.martlet = async (name, data) => {
    if (name !== "consent") record(name, data ?? {});
    else if (data && !isRefused()) await setConsent(data);
    await sending;
    return consent();
  };

  const layer = (window.dataLayer ??= []);
  const push = layer.push;
  layer.forEach(readLayer);
  layer.push = (...entries) => {
    entries.forEach(readLayer);
    return push.apply(layer, entries);
  };
  scan();
})();
