/** The host's answers, and what each of them cost. */

import { learn } from "./catalogue.js";
import { recall } from "./memory.js";

const SHELF = 14;
const TIMINGS_MAX = 24;
const SETTLE_MS = 2000;

/** `answer` events, with the answer's document and cost, go to whoever shows them. */
export const exchanges = new EventTarget();
/** Milliseconds from request to answer, newest last. */
export const roundTrips = [];

async function ask(path, isMain = false) {
  const started = performance.now();
  const response = await fetch(path);
  const document = await response.json();
  const roundTrip = performance.now() - started;
  if (!response.ok) throw new Error(document.detail ?? `${path}: ${response.status}`);
  for (const answer of document.placements ?? []) learn(answer);
  const timing = Object.fromEntries(
    [...(response.headers.get("server-timing") ?? "").matchAll(/(\w+);dur=([\d.]+)/g)].map(([, part, ms]) => [part, Number(ms)]),
  );
  roundTrips.push(roundTrip);
  if (roundTrips.length > TIMINGS_MAX) roundTrips.shift();
  const detail = { document, roundTrip, timing, isMain, stale: response.headers.get("martlet-stale") };
  exchanges.dispatchEvent(new CustomEvent("answer", { detail }));
  return document;
}

export const region = () => recall("region", "");

/**
 * One request for several lists: none has an item of an earlier one.
 * @param {string[]} contexts of the lists, in the order of the page
 * @param {object} query parameters that hold for each of them
 * @param {boolean} isMain whether the first of them is what the page is about
 * @returns {Promise<object[]>} an answer for each context
 */
export async function recommendations(contexts, query, isMain) {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value != null && value !== ""));
  parameters.set("placements", contexts.map((context) => `${context}:${SHELF}`).join());
  if (region()) parameters.set("region", region());
  const { placements, ...common } = await ask(`/recommendations?${parameters}`, isMain);
  return placements.map((each) => ({ ...common, ...each }));
}

export const snapshot = () => ask("/snapshot");
export const session = () => ask("/session");
export const forgetSession = () => fetch("/session", { method: "DELETE" });

/** Resolves when the host has answered for what the tracker has recorded, or takes too long over it. */
export const settled = () => Promise.race([martlet("settled"), new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
