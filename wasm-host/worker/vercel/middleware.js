/** Martlet as Vercel middleware, at /martlet/*. Compiling from bytes is forbidden there: the module is imported. */

// `make worker` fills martlet/: what is outside of the project's folder is not deployed.
import fallback from "./martlet/fallback.json";
import module from "./martlet/scorer.wasm?module";
import { settingsFrom } from "./martlet/src/options.js";
import { collectorSink } from "./martlet/src/outbox.js";
import { httpStore } from "./martlet/src/stores.js";
import { createWorker } from "./martlet/src/worker.js";

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
    ...settingsFrom((name) => env[name], "MARTLET_", { saysRegion: true }),
    prefix: "/martlet",
  }));
}

export default function middleware(request, context) {
  return workerFor(new URL(request.url).origin).fetch(request, {
    region: request.headers.get("x-vercel-ip-country"),
    timeZone: request.headers.get("x-vercel-ip-timezone"),
    waitUntil: (promise) => context.waitUntil(promise),
  });
}
