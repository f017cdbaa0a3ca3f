/** Martlet as a Netlify Edge Function, at /martlet/*. */

// `make worker` fills ../martlet: bundling takes nothing from outside of the site's folder.
import fallback from "../martlet/fallback.json" with { type: "json" };
import { settingsFrom } from "../martlet/src/options.js";
import { collectorSink } from "../martlet/src/outbox.js";
import { httpStore } from "../martlet/src/stores.js";
import { createWorker } from "../martlet/src/worker.js";

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
    ...settingsFrom(env, "MARTLET_", { saysRegion: true }),
    prefix: "/martlet",
  }));
}

export default (request, context) =>
  workerFor(new URL(request.url).origin).fetch(request, {
    region: context.geo?.country?.code ?? null,
    timeZone: context.geo?.timezone ?? null,
    waitUntil: context.waitUntil ? (promise) => context.waitUntil(promise) : undefined,
  });

export const config = { path: "/martlet/*" };
