/** Martlet as Vercel middleware, at /martlet/*. Compiling from bytes is forbidden there: the module is imported. */

import fallback from "./assets/fallback.json";
import module from "./assets/scorer.wasm?module";
import { collectorSink } from "./src/outbox.js";
import { httpStore } from "./src/stores.js";
import { createWorker } from "./src/worker.js";

export const config = { matcher: "/martlet/:path*" };

let worker;

export default function middleware(request, event) {
  worker ??= createWorker({
    module,
    store: httpStore(process.env.MARTLET_SNAPSHOTS ?? `${new URL(request.url).origin}/snapshots/`),
    staticList: fallback,
    sink: process.env.MARTLET_COLLECTOR_URL ? collectorSink(process.env.MARTLET_COLLECTOR_URL) : null,
    prefix: "/martlet",
    varyOn: ["X-Vercel-IP-Country"],
    refreshSeconds: Number(process.env.MARTLET_REFRESH_SECONDS ?? 60),
    policy: { key: process.env.MARTLET_KEY ?? null },
  });
  return worker.fetch(request, {
    region: request.headers.get("x-vercel-ip-country"),
    waitUntil: (promise) => event.waitUntil(promise),
  });
}
