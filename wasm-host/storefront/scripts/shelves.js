/** A shelf: a row of recommended items that follows what the visitor does. */

import { card } from "./cards.js";
import { learn, itemOf, titleOf } from "./catalogue.js";
import { element, icon } from "./dom.js";
import { recommendations } from "./host.js";
import { reasonInWords } from "./words.js";

const MOVE_MS = 420;
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

/** The shelves of the page that is open. */
let open = [];
let made = 0;
export const closeShelves = () => (open = []);

/** Asks for every shelf of the page again: those whose items are others now change. */
export const refreshShelves = () => Promise.all(open.map((shelf) => shelf.load()));

export class Shelf {
  /**
   * @param {object} options
   * @param {(answer: object | null) => string} options.heading
   * @param {() => object | null} options.query the parameters; null for a shelf that has nothing to say yet
   * @param {(answer: object) => void} [options.then]
   * @param {boolean} [options.isLed] another shelf says when this one is to be loaded
   */
  constructor({ heading, query, then, isLed = false }) {
    // The page's first shelf is what the page is about.
    Object.assign(this, { heading, query, then, cards: new Map(), asked: 0, isMain: !open.length && !isLed });
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
    if (!isLed) open.push(this);
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

  async load() {
    const query = this.query();
    this.element.hidden = !query;
    if (!query) return;
    const turn = ++this.asked;
    const answer = await recommendations(query, this.isMain);
    // Of two requests on their way the later one counts.
    if (turn !== this.asked) return;
    learn(answer);
    this.title.textContent = this.heading(answer);
    this.show(answer);
    await this.then?.(answer);
  }

  show({ items, region, context }) {
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
