/** Martlet as a Netlify Edge Function, at /martlet/*. */

import fallback from "../../../assets/fallback.json" with { type: "json" };
import { collectorSink } from "../../../src/outbox.js";
import { httpStore } from "../../../src/stores.js";
import { createWorker } from "../../../src/worker.js";

const env = (name) => Netlify.env.get(name) || undefined;

/** The module is a file of the site, as the snapshots are, see the guide. */
function moduleSource(address) {
  return async () => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: the store answers ${response.status}`);
    return WebAssembly.compile(await response.arrayBuffer());
  };
}

/** One for each isolate: what it holds is a cache. */
let worker;

function workerFor(origin) {
  return (worker ??= createWorker({
    module: moduleSource(env("MARTLET_MODULE") ?? `${origin}/scorer.wasm`),
    store: httpStore(env("MARTLET_SNAPSHOTS") ?? `${origin}/snapshots/`),
    staticList: fallback,
    sink: env("MARTLET_COLLECTOR_URL") ? collectorSink(env("MARTLET_COLLECTOR_URL")) : null,
    prefix: "/martlet",
    refreshSeconds: Number(env("MARTLET_REFRESH_SECONDS") ?? 60),
    verify: env("MARTLET_VERIFY"),
    policy: {
      key: env("MARTLET_KEY") ?? null,
      defaultConsent: env("MARTLET_CONSENT"),
      eventsConsent: env("MARTLET_EVENTS_CONSENT"),
    },
  }));
}

export default (request, context) =>
  workerFor(new URL(request.url).origin).fetch(request, {
    region: context.geo?.country?.code ?? null,
    timeZone: context.geo?.timezone ?? null,
    waitUntil: context.waitUntil ? (promise) => context.waitUntil(promise) : undefined,
  });

export const config = { path: "/martlet/*" };
