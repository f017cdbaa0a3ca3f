/** One item as a card, with the reason why it is shown. */

import { picture } from "./art.js";
import { add } from "./cart.js";
import { element, icon } from "./dom.js";
import { categoryName, lastPart, price } from "./words.js";

export const productAddress = (id) => `?product=${encodeURIComponent(id)}`;
export const categoryAddress = (category) => `?category=${encodeURIComponent(category)}`;

export function addButton(item, words = null) {
  const button = element(
    words ? "button.add.wide" : "button.add",
    {
      type: "button",
      "data-martlet-item": item.id,
      "data-martlet-event": "add_to_cart",
      "aria-label": words ? null : `Add ${item.name} to the cart`,
      onclick: () => {
        add(item.id);
        button.classList.add("done");
        setTimeout(() => button.classList.remove("done"), 900);
      },
    },
    icon("plus"),
    words,
  );
  return button;
}

/** @param {string | null} why the reason in words; null where the shop's own order put the item there */
export function card(item, why = null) {
  const details = [item.brand, item.size].filter(Boolean).join(", ") || lastPart(item.category || " ");
  return element(
    "article.card",
    { "data-martlet-item": item.id, "data-martlet-event": why === null ? null : "impression" },
    element("div.tile", {}, picture(item)),
    element(
      "div.about",
      {},
      element(
        "h3",
        {},
        element("a", { href: productAddress(item.id), "data-martlet-event": why === null ? null : "click" }, item.name),
      ),
      element("p.details", {}, details),
    ),
    element("p.price", {}, price(item.price) || "\u2014"),
    addButton(item),
    why !== null && element("p.why", {}, icon("why"), element("span", {}, why)),
  );
}

/** The way to a category, from its department down. */
export function crumbs(category) {
  const parts = category.split(" > ").filter(Boolean);
  const links = parts.map((part, depth) =>
    element("li", {}, element("a", { href: categoryAddress(parts.slice(0, depth + 1).join(" > ")) }, categoryName(part))),
  );
  return element(
    "nav.crumbs",
    { "aria-label": "Where you are" },
    element("ol", {}, element("li", {}, element("a", { href: "./" }, "Shop")), ...links),
  );
}
