/** A shelf: a row of recommended items that follows what the visitor does. */

import { card } from "./cards.js";
import { itemOf, titleOf } from "./catalogue.js";
import { element, icon } from "./dom.js";
import { recommendations } from "./host.js";
import { reasonInWords } from "./words.js";

const MOVE_MS = 420;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/** How the shelves of the open page are filled. */
let fill = () => {};
let turn = 0;
let made = 0;

/** @param {() => Promise<void>} filling asks for every shelf of the page, by `load` */
export const openShelves = (filling) => (fill = filling);

export function closeShelves() {
  fill = () => {};
  turn++;
}

/** Asks for every shelf of the page again: those whose items are others now change. */
export function refreshShelves() {
  turn++;
  return fill();
}

/**
 * Fills shelves by one request, so that no item stands on two of them.
 * @param {Shelf[]} shelves in the order of the page
 * @param {object} query parameters that hold for each of them
 * @param {boolean} [isMain] whether the first of them is what the page is about
 * @returns {Promise<object[] | null>} their answers; null where a later request has been made meanwhile
 */
export async function load(shelves, query, isMain = true) {
  const asked = turn;
  const answers = await recommendations(shelves.map(({ context }) => context), query, isMain);
  if (asked !== turn) return null;
  answers.forEach((answer, place) => shelves[place].show(answer));
  return answers;
}

export class Shelf {
  /**
   * @param {string} context
   * @param {(answer: object | null) => string} heading
   */
  constructor(context, heading) {
    Object.assign(this, { context, heading, cards: new Map() });
    const id = `shelf-${++made}`;
    this.title = element("h2", { id }, heading(null));
    this.track = element("ul.track", { tabindex: 0, role: "list", "aria-labelledby": id });
    for (let count = 0; count < 6; count++) this.track.append(element("li.ghost", { "aria-hidden": "true" }));
    this.element = element(
      "section.shelf",
      { "aria-labelledby": id },
      element("header", {}, this.title, element("div.arrows", {}, this.arrow(-1, "Back"), this.arrow(1, "Forward"))),
      this.track,
    );
  }

  arrow(direction, label) {
    const move = () => {
      const left = direction * this.track.clientWidth * 0.85;
      this.track.scrollBy({ left, behavior: isStill.matches ? "auto" : "smooth" });
    };
    // The row itself takes the keyboard; these are for pointers.
    const attributes = { type: "button", tabindex: -1, title: label, "aria-label": label, onclick: move };
    return element("button", attributes, icon(direction < 0 ? "back" : "on"));
  }

  show(answer) {
    const { items, region, context } = answer;
    this.title.textContent = this.heading(answer);
    const before = new Map([...this.cards].map(([id, { li }]) => [id, li.getBoundingClientRect().left]));
    const cards = new Map();
    for (const { item_id: id, reason } of items) {
      const why = reasonInWords(reason, { titleOf, region, context });
      const held = this.cards.get(id);
      cards.set(id, held?.why === why ? held : { why, li: element("li", {}, card(itemOf(id), why)) });
    }
    this.cards = cards;
    this.track.replaceChildren(...[...cards.values()].map(({ li }) => li));
    this.element.hidden = !items.length;
    if (!isStill.matches && before.size) this.move(before);
  }

  /** Items slide from where they were to where they are, new ones appear. */
  move(before) {
    for (const [id, { li }] of this.cards) {
      const from = before.has(id) ? before.get(id) - li.getBoundingClientRect().left : null;
      if (from === 0) continue;
      const start = from === null ? { opacity: 0, transform: "translateY(10px)" } : { transform: `translateX(${from}px)` };
      li.animate([start, { opacity: 1, transform: "none" }], { duration: MOVE_MS, easing: "cubic-bezier(.2,.7,.2,1)" });
    }
  }
}
