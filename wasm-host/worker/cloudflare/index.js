/**
 * Martlet on Cloudflare Workers. Which binding holds the snapshots decides where they come from: `SNAPSHOTS` a KV namespace or an
 * R2 bucket, otherwise `ASSETS`, the static assets deployed with the worker.
 */

import fallback from "../assets/fallback.json";
import module from "../assets/scorer.wasm";
import { settingsFrom } from "../src/options.js";
import { bucketSink, collectorSink, queueSink } from "../src/outbox.js";
import { assetsStore, bucketStore, kvStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";

/** One for each isolate: what it holds is a cache. */
let worker;

function workerFor(env) {
  return (worker ??= createWorker({
    module,
    store: storeOf(env),
    staticList: fallback,
    sink: sinkOf(env),
    ...settingsFrom((name) => env[name], "", { saysRegion: true }),
    // Clocks stand still while code runs.
    hasClock: false,
  }));
}

function storeOf(env) {
  if (!env.SNAPSHOTS) return assetsStore(env.ASSETS);
  // A bucket can tell about an object without its body, a namespace cannot.
  return typeof env.SNAPSHOTS.head === "function" ? bucketStore(env.SNAPSHOTS, env.SNAPSHOTS_PREFIX) : kvStore(env.SNAPSHOTS);
}

function sinkOf(env) {
  if (env.EVENT_QUEUE) return queueSink(env.EVENT_QUEUE);
  if (env.EVENT_BUCKET) return bucketSink(env.EVENT_BUCKET, Date.now);
  return env.COLLECTOR_URL ? collectorSink(env.COLLECTOR_URL) : null;
}

export default {
  fetch(request, env, context) {
    const waitUntil = (promise) => context.waitUntil(promise);
    const { cf = {} } = request;
    const region = cf[env.REGION_FIELD ?? "country"] ?? null;
    return workerFor(env).fetch(request, { region, timeZone: cf.timezone ?? null, waitUntil });
  },
};
