/** Martlet as a Netlify Edge Function, at /martlet/*. */

import { collectorSink } from "../../../src/outbox.js";
import { httpStore } from "../../../src/stores.js";
import { createWorker } from "../../../src/worker.js";
import fallback from "../../../assets/fallback.json" with { type: "json" };

const env = (name) => Netlify.env.get(name) || undefined;

let worker;

/** The module is a file of the site: publish it with the snapshots, see the guide. */
async function workerFor(origin) {
  const snapshots = env("MARTLET_SNAPSHOTS") ?? `${origin}/snapshots/`;
  return createWorker({
    module: await WebAssembly.compileStreaming(fetch(env("MARTLET_MODULE") ?? `${origin}/scorer.wasm`)),
    store: httpStore(snapshots),
    staticList: fallback,
    sink: env("MARTLET_COLLECTOR_URL") ? collectorSink(env("MARTLET_COLLECTOR_URL")) : null,
    prefix: "/martlet",
    refreshSeconds: Number(env("MARTLET_REFRESH_SECONDS") ?? 60),
    policy: { key: env("MARTLET_KEY") ?? null },
  });
}

export default async (request, context) => {
  worker ??= workerFor(new URL(request.url).origin).catch((error) => {
    // The next request tries again.
    worker = undefined;
    throw error;
  });
  return (await worker).fetch(request, {
    region: context.geo?.country?.code ?? null,
    waitUntil: context.waitUntil ? (promise) => context.waitUntil(promise) : undefined,
  });
};

export const config = { path: "/martlet/*" };
