/** The host's answers, and what each of them cost. */

import { recall } from "./memory.js";

const TIMINGS_MAX = 24;
const SETTLE_MS = 2000;

/** `answer` events, with the answer's name, document and cost, go to whoever shows them. */
export const exchanges = new EventTarget();
/** Milliseconds from request to answer, newest last. */
export const roundTrips = [];

async function ask(name, path, isMain = false) {
  const started = performance.now();
  const response = await fetch(path);
  const document = await response.json();
  const roundTrip = performance.now() - started;
  if (!response.ok) throw new Error(document.detail ?? `${path}: ${response.status}`);
  const timing = Object.fromEntries(
    [...(response.headers.get("server-timing") ?? "").matchAll(/(\w+);dur=([\d.]+)/g)].map(([, part, ms]) => [part, Number(ms)]),
  );
  roundTrips.push(roundTrip);
  if (roundTrips.length > TIMINGS_MAX) roundTrips.shift();
  const detail = { name, path, document, roundTrip, timing, isMain, stale: response.headers.get("martlet-stale") };
  exchanges.dispatchEvent(new CustomEvent("answer", { detail }));
  return document;
}

export const region = () => recall("region", "");

/** @param {boolean} isMain whether this is what the page is about */
export function recommendations(query, isMain) {
  const parameters = new URLSearchParams(Object.entries(query).filter(([, value]) => value != null && value !== ""));
  if (region()) parameters.set("region", region());
  return ask(query.context, `/recommendations?${parameters}`, isMain);
}

export const snapshot = () => ask("snapshot", "/snapshot");
export const session = () => ask("session", "/session");
export const forgetSession = () => fetch("/session", { method: "DELETE" });

/** Resolves when the host has answered for what the tracker has recorded, or takes too long over it. */
export const settled = () => Promise.race([martlet("settled"), new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
