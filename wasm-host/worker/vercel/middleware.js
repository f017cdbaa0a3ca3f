/** Martlet as Vercel middleware, at /martlet/*. Compiling from bytes is forbidden there: the module is imported. */

import fallback from "../assets/fallback.json";
import module from "../assets/scorer.wasm?module";
import { collectorSink } from "../src/outbox.js";
import { httpStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";

export const config = { matcher: "/martlet/:path*" };

const { env } = process;

/** One for each isolate: what it holds is a cache. */
let worker;

function workerFor(origin) {
  return (worker ??= createWorker({
    module,
    store: httpStore(env.MARTLET_SNAPSHOTS ?? `${origin}/snapshots/`),
    staticList: fallback,
    sink: env.MARTLET_COLLECTOR_URL ? collectorSink(env.MARTLET_COLLECTOR_URL) : null,
    prefix: "/martlet",
    refreshSeconds: Number(env.MARTLET_REFRESH_SECONDS ?? 60),
    regionMegabytes: Number(env.MARTLET_REGION_MEGABYTES ?? 16),
    verify: env.MARTLET_VERIFY,
    policy: { key: env.MARTLET_KEY ?? null, defaultConsent: env.MARTLET_CONSENT, eventsConsent: env.MARTLET_EVENTS_CONSENT },
  }));
}

export default function middleware(request, context) {
  return workerFor(new URL(request.url).origin).fetch(request, {
    region: request.headers.get("x-vercel-ip-country"),
    timeZone: request.headers.get("x-vercel-ip-timezone"),
    waitUntil: (promise) => context.waitUntil(promise),
  });
}
