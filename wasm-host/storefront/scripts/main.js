/** The shop: addresses, focus and what is said aloud. */

import { cart, cartCount } from "./cart.js";
import { loadCatalogue } from "./catalogue.js";
import { element } from "./dom.js";
import { chosenConsent } from "./memory.js";
import { fillShelves, pageOf } from "./pages.js";
import { showSession, startPanel } from "./panel.js";
import { closeShelves } from "./shelves.js";

const content = document.getElementById("content");
const searchField = document.querySelector("#search input");

let refreshes = 0;

/** Marks the content as settled once the shelves follow from everything that was done. */
const refresh = async () => {
  const turn = ++refreshes;
  delete content.dataset.settled;
  try {
    await fillShelves();
    await showSession();
    if (turn === refreshes) content.dataset.settled = "";
  } catch (error) {
    content.prepend(element("p.trouble", { role: "alert" }, `The host does not answer: ${error.message}`));
  }
};

function show({ isFirst = false } = {}) {
  const parameters = new URLSearchParams(location.search);
  closeShelves();
  const page = pageOf(parameters);
  document.title = `${page.title} \u00b7 Martlet Market`;
  content.replaceChildren(...page.content.filter(Boolean));
  searchField.value = parameters.get("q") ?? "";
  for (const link of document.querySelectorAll("#top a")) {
    if (link.href === location.href) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // The new page's name is what a screen reader says next.
  if (!isFirst) content.querySelector("h1")?.focus({ preventScroll: true });
  return refresh();
}

function go(address) {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
  history.pushState({}, "", address);
  const change = () => {
    show();
    scrollTo(0, 0);
  };
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (document.startViewTransition && !isStill && !document.hidden) document.startViewTransition(change);
  else change();
}

addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.hash) return;
  if (link.origin !== location.origin || link.pathname !== location.pathname) return;
  event.preventDefault();
  go(link.href);
});

addEventListener("popstate", ({ state }) => {
  show();
  scrollTo(0, state?.scroll ?? 0);
});

document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const query = searchField.value.trim();
  if (query) go(`?q=${encodeURIComponent(query)}`);
});

function showCartCount() {
  const count = cartCount();
  document.getElementById("cart-count").textContent = count || "";
  document.getElementById("cart-words").textContent = count === 1 ? "1 item" : `${count} items`;
}

cart.addEventListener("change", () => {
  showCartCount();
  refresh();
});

history.scrollRestoration = "manual";
try {
  await loadCatalogue();
  showCartCount();
  await Promise.all([
    startPanel({ refresh, consented: () => refresh() }),
    show({ isFirst: true }),
  ]);
} catch (error) {
  content.replaceChildren(element("h1", {}, "The shop cannot open"), element("p", {}, error.message));
}
