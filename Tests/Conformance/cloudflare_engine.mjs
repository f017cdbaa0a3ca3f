// The reactor in a Cloudflare-like isolate: request messages on stdin, responses on stdout. The module is imported by the
// worker's script, the snapshot comes from a KV namespace.
//
//     node --experimental-vm-modules cloudflare_engine.mjs scorer.wasm fresh|reused SNAPSHOTS

import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { Isolate, folderNamespace } from "../../wasm-host/worker/harness/cloudflare.mjs";

const [module, mode, snapshots] = process.argv.slice(2);
const isolate = new Isolate(fileURLToPath(new URL("cloudflare_worker.js", import.meta.url)), {
  env: (isolate) => ({ SNAPSHOTS: folderNamespace(isolate, snapshots) }),
  files: { "scorer.wasm": module },
});
await isolate.start();
const request = new Request(`https://worker.test/${mode}`, { method: "POST", body: readFileSync(0) });
const { response } = await isolate.fetch(request);
// A pipe may be full: unlike `writeFileSync`, a stream waits.
process.stdout.write(new Uint8Array(await response.arrayBuffer()));
