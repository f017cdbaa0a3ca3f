/** The shop's goods: a file made from the catalogue, and what the host's answers say of all others. */

import { nameOf, setRegionWord } from "./words.js";

/**
 * @typedef {{id: string, title: string, category: string, price: number | null, name: string, brand: string,
 *   size: string}} Item
 */

/** @type {Map<string, Item>} the most sold first */
const items = new Map();

const item = (id, title, category, price) => ({ id, title, category, price, ...nameOf(title, category) });

export async function loadCatalogue() {
  const response = await fetch("/shop/products.json");
  if (!response.ok) throw new Error("the shop has no goods: /shop/products.json is missing");
  const { categories, products, region_word: regionWord } = await response.json();
  setRegionWord(regionWord ?? "");
  for (const [id, title, category, price] of products) items.set(id, item(id, title, categories[category], price));
}

/** What an answer says of an item, where the file does not know it. */
export function learn(answer) {
  for (const { item_id: id, title, category, price } of answer.items ?? []) {
    if (!items.has(id)) items.set(id, item(id, title ?? `Product ${id}`, category ?? "", price ?? null));
  }
}

/** @returns {Item} */
export const itemOf = (id) => items.get(id) ?? item(id, `Product ${id}`, "", null);
export const titleOf = (id) => itemOf(id).name;

export const inCategory = (category) =>
  [...items.values()].filter((each) => each.category === category || each.category.startsWith(`${category} > `));

/** The categories below one, or the departments, those with the most goods first. */
export function categoriesIn(parent = "") {
  const counts = new Map();
  for (const { category } of items.values()) {
    if (parent && !category.startsWith(`${parent} > `)) continue;
    const part = category.slice(parent ? parent.length + 3 : 0).split(" > ")[0];
    if (part) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).map(([part]) => (parent ? `${parent} > ${part}` : part));
}

/** Items in whose name or category every word of the query begins a word. */
export function search(query) {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (!words.length) return [];
  const patterns = words.map((word) => new RegExp(`(^|[^\\p{L}\\p{N}])${word.replace(/(?<=..)e?s$/, "")}`, "u"));
  const found = [...items.values()].filter((each) => {
    const text = `${each.name} ${each.title} ${each.category}`.toLowerCase();
    return patterns.every((pattern) => pattern.test(text));
  });
  const inName = (each) => patterns.every((pattern) => pattern.test(each.name.toLowerCase()));
  return [...found.filter(inName), ...found.filter((each) => !inName(each))];
}
