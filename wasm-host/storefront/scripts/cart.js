/** What the visitor is about to buy. */

import { itemOf } from "./catalogue.js";
import { keep, recall } from "./memory.js";

export const cart = new EventTarget();

const lines = () => recall("cart", []);

function change(next) {
  keep("cart", next);
  cart.dispatchEvent(new Event("change"));
}

export const cartLines = () => lines().map(([id, count]) => ({ item: itemOf(id), count }));
export const cartCount = () => lines().reduce((sum, [, count]) => sum + count, 0);
export const cartTotal = () => cartLines().reduce((sum, { item, count }) => sum + (item.price ?? 0) * count, 0);

export function setCount(id, count) {
  const others = lines().filter(([other]) => other !== id);
  const place = lines().findIndex(([other]) => other === id);
  if (count > 0) others.splice(place < 0 ? others.length : place, 0, [id, count]);
  change(others);
}

export const add = (id) => setCount(id, (lines().find(([other]) => other === id)?.[1] ?? 0) + 1);
export const emptyCart = () => change([]);
