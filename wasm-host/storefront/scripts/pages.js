/** The pages: each makes its content for what the address asks for. */

import { picture, sign } from "./art.js";
import { addButton, card, categoryAddress, crumbs, productAddress } from "./cards.js";
import { cart, cartLines, cartTotal, emptyCart, setCount } from "./cart.js";
import { categoriesIn, inCategory, itemOf, search } from "./catalogue.js";
import { element, icon } from "./dom.js";
import { region, settled } from "./host.js";
import { Shelf, load, openShelves, refreshShelves } from "./shelves.js";
import { categoryName, departmentOf, lastPart, price, regionName } from "./words.js";

const AISLES = 2;
const GRID = 24;
/** A host counts no further. */
const MATCHES_MAX = 512;
const STILL_LIFE = ["BANANAS", "BREAD", "TOMATOES", "CHEESE", "COFFEE"];

const heading = (text, ...more) => element("h1", { tabindex: -1 }, text, ...more);

/** Items in the shop's own order, a screenful at a time. */
function grid(items, empty) {
  if (!items.length) return element("p.empty", {}, empty);
  const list = element("ul.grid", { role: "list" });
  const more = element("button.more", { type: "button", onclick: () => show() }, "Show more");
  const show = () => {
    const from = list.childElementCount;
    list.append(...items.slice(from, from + GRID).map((item) => element("li", {}, card(item))));
    more.hidden = list.childElementCount >= items.length;
    if (from) list.children[from]?.querySelector("a").focus();
  };
  show();
  return element("div", {}, list, more);
}

/** The categories that a list speaks of most, in its order. */
function leadingCategories(answer, count) {
  const weights = new Map();
  answer.items.forEach(({ category }, place) => {
    if (category) weights.set(category, (weights.get(category) ?? 0) + 1 / (place + 2));
  });
  return [...weights].sort((one, other) => other[1] - one[1]).slice(0, count).map(([category]) => category);
}

const idsOf = ({ items }) => items.map(({ item_id: id }) => id).filter((id) => !id.includes(","));

function home() {
  const forYou = new Shelf("homepage", (answer) =>
    answer?.signals ? "Picked for you" : answer ? `Popular ${at(answer.region)}` : "A moment\u2026",
  );
  const interests = [];
  const aisles = Array.from(
    { length: AISLES },
    (_, place) => new Shelf("category", () => (interests[place] ? lastPart(interests[place]) : "\u2026")),
  );
  openShelves(async () => {
    let answers = await load([forYou], {});
    if (!answers) return;
    interests.splice(0, AISLES, ...leadingCategories(answers[0], AISLES));
    // Each aisle is a request of its own, which has to be told what stands above it.
    const above = idsOf(answers[0]);
    for (const [place, shelf] of aisles.entries()) {
      shelf.element.hidden = !interests[place];
      if (!interests[place]) continue;
      answers = await load([shelf], { category: interests[place], exclude: above.join() }, false);
      if (!answers) return;
      above.push(...idsOf(answers[0]));
    }
  });
  const departments = categoriesIn().slice(0, 10).map((department) =>
    element(
      "li",
      {},
      element("a", { href: categoryAddress(department) }, sign(department), element("span", {}, categoryName(department))),
    ),
  );
  const content = [
    element(
      "section.hero",
      {},
      element(
        "div.words",
        {},
        heading("Groceries that ", element("em", {}, "get"), " you"),
        element(
          "p",
          {},
          "Look around. Every shelf rearranges itself from what you do in this visit, and says why each thing is on it.",
        ),
        element("a.button", { href: categoryAddress(categoriesIn()[0] ?? "") }, "Start browsing"),
      ),
      element("div.still", { "aria-hidden": "true" }, ...STILL_LIFE.map((title) => picture({ id: title, title, category: "" }))),
    ),
    element("nav.departments", { "aria-label": "Departments" }, element("ul", { role: "list" }, ...departments)),
    forYou.element,
    ...aisles.map((shelf) => shelf.element),
  ];
  return { title: "Home", content };
}

const at = (code) => (code ? `in ${regionName(code)}` : "everywhere");

function product(id) {
  const item = itemOf(id);
  const goesWith = new Shelf("product", () => "Goes well with it");
  const aisle = new Shelf("category", () => `More in ${lastPart(item.category)}`);
  const shelves = item.category ? [goesWith, aisle] : [goesWith];
  openShelves(() => load(shelves, { item_id: id, category: item.category }));
  const facts = Object.entries({ Aisle: lastPart(item.category), Size: item.size, Brand: item.brand, Article: item.id });
  const content = [
    crumbs(item.category),
    element(
      "article.product",
      { "data-martlet-item": id, "data-martlet-event": "view" },
      element("div.tile.large", {}, picture(item)),
      element(
        "div.words",
        {},
        heading(item.name),
        element("p.price", {}, price(item.price) || "Price at the till"),
        element("dl", {}, ...facts.flatMap(([name, fact]) => (fact ? [element("dt", {}, name), element("dd", {}, fact)] : []))),
        addButton(item, "Add to cart"),
      ),
    ),
    ...shelves.map((shelf) => shelf.element),
  ];
  return { title: item.name, content };
}

function category(name) {
  const shelf = new Shelf("category", (answer) =>
    answer?.signals ? "For you in this aisle" : `Popular ${at(answer?.region ?? region())}`,
  );
  openShelves(() => load([shelf], { category: name }));
  const within = categoriesIn(name).slice(0, 14).map((each) =>
    element("li", {}, element("a.chip", { href: categoryAddress(each) }, lastPart(each))),
  );
  const items = inCategory(name);
  const content = [
    crumbs(name.split(" > ").slice(0, -1).join(" > ")),
    element(
      "header.page",
      {},
      sign(departmentOf(name)),
      heading(lastPart(name)),
      element("p.count", {}, `${items.length} products`),
    ),
    within.length > 0 && element("nav.chips", { "aria-label": "Aisles" }, element("ul", { role: "list" }, ...within)),
    shelf.element,
    element("h2.section", {}, "All products"),
    grid(items, "Nothing stands here."),
  ];
  return { title: lastPart(name), content };
}

/** Of all that the host finds, the shop's own list has the most sold. */
function foundInWords(matches, listed) {
  if (matches <= listed) return `${listed} found`;
  const all = matches < MATCHES_MAX ? `${matches} found` : `${MATCHES_MAX} or more found`;
  return listed ? `${all}, the ${listed} most sold here` : all;
}

function results(query) {
  const found = search(query);
  const count = element("p.count", { role: "status" });
  const shelf = new Shelf("search", (answer) => {
    if (answer?.matches) return "In the order that suits you";
    return answer?.signals ? "You may also need" : `Popular ${at(answer?.region ?? region())}`;
  });
  openShelves(async () => {
    const answers = await load([shelf], { q: query });
    if (answers) count.textContent = foundInWords(answers[0].matches ?? 0, found.length);
  });
  const content = [
    element("header.page", {}, heading(`\u201c${query}\u201d`), count),
    grid(found, "Nothing found under these words. Try fewer of them, or look at what others like:"),
    shelf.element,
  ];
  return { title: `Search: ${query}`, content };
}

function line({ item, count }) {
  const step = (by, label, name) =>
    element(
      "button",
      {
        type: "button",
        "aria-label": `${label} ${item.name}`,
        "data-martlet-item": item.id,
        "data-martlet-event": by > 0 ? "add_to_cart" : count === 1 ? "remove_from_cart" : null,
        onclick: () => setCount(item.id, count + by),
      },
      icon(name),
    );
  return element(
    "li.line",
    {},
    element("a.tile", { href: productAddress(item.id), tabindex: -1, "aria-hidden": "true" }, picture(item)),
    element(
      "div",
      {},
      element("a", { href: productAddress(item.id) }, item.name),
      element("p.details", {}, [item.brand, item.size].filter(Boolean).join(", ")),
    ),
    element(
      "div.stepper",
      { role: "group", "aria-label": `How many ${item.name}` },
      step(-1, "One less:", "minus"),
      element("output", {}, `${count}`),
      step(1, "One more:", "plus"),
    ),
    element("p.price", {}, price(item.price === null ? null : item.price * count) || "\u2014"),
  );
}

function cartPage() {
  const shelf = new Shelf("cart", (answer) =>
    cartLines().length ? "Goes with your cart" : `Popular ${at(answer?.region ?? region())}`,
  );
  openShelves(() => load([shelf], {}));
  const title = heading("Your cart");
  const body = element("div.cart");
  const show = () => {
    const lines = cartLines();
    const focused = document.activeElement?.getAttribute("aria-label");
    const place = [...body.querySelectorAll(".line")].findIndex((line) => line.contains(document.activeElement));
    body.replaceChildren(
      ...(lines.length
        ? [
            element("ul.lines", { role: "list" }, ...lines.map(line)),
            element(
              "div.sum",
              {},
              element("p", {}, "Total ", element("strong", {}, price(cartTotal()))),
              element("a.button", { href: "?bought" }, "Buy"),
              element("p.small", {}, "This is a demonstration: nothing is charged, nothing is delivered."),
            ),
          ]
        : [element("p.empty", {}, "Your cart is empty. The shelf below is a place to start.")]),
    );
    if (place < 0) return;
    // Of a line that is gone the focus goes on to the next one, or the one before, and of the last to the page's name.
    const same = [...body.querySelectorAll("button")].find((button) => button.getAttribute("aria-label") === focused);
    const neighbour = [...body.querySelectorAll(".line")].slice(0, place + 1).pop()?.querySelector("button");
    (same ?? neighbour ?? title).focus();
  };
  show();
  const changed = () => {
    if (!body.isConnected) return cart.removeEventListener("change", changed);
    show();
  };
  cart.addEventListener("change", changed);
  return { title: "Cart", content: [title, body, shelf.element] };
}

function bought() {
  const lines = cartLines();
  const shelf = new Shelf("after_purchase", () => "For next time");
  openShelves(() => load([shelf], {}));
  const goods = lines.map(({ item }) =>
    element("li", { "data-martlet-item": item.id }, picture(item), element("span", {}, item.name)),
  );
  const content = [
    heading(lines.length ? "Thank you!" : "Nothing was bought"),
    lines.length > 0 &&
      element(
        "section.bought",
        { "data-martlet-event": "purchase" },
        element("p", {}, `${price(cartTotal())} well spent, on paper.`),
        element("ul", { role: "list" }, ...goods),
      ),
    shelf.element,
  ];
  if (lines.length) emptyCart();
  return { title: "Thank you", content };
}

function notFound() {
  const back = element("p", {}, element("a", { href: "./" }, "Back to the shop"));
  return { title: "Not found", content: [heading("There is no such page"), back] };
}

/** The page of an address: its title and its content, with its shelves open. */
export function pageOf(parameters) {
  const [[name, value] = ["home", ""]] = parameters;
  const pages = { home, product, category, q: results, cart: cartPage, bought };
  return Object.hasOwn(pages, name) ? pages[name](value) : notFound();
}

/** Shelves now, and again when the host knows what was just done. */
export async function fillShelves() {
  const soon = () => new Promise((resolve) => setTimeout(resolve));
  // The tracker reads the new page first, and then has something on its way or not.
  await soon();
  let isPending = true;
  const done = settled().then(() => (isPending = false));
  await soon();
  const wasPending = isPending;
  await refreshShelves();
  await done;
  if (wasPending) await refreshShelves();
}
