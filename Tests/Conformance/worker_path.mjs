// Requests through the whole worker in a Cloudflare-like isolate: a JSON list on stdin, the answers as one on stdout.
//
//     node --experimental-vm-modules worker_path.mjs scorer.wasm fallback.json SNAPSHOTS

import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { Isolate, folderNamespace } from "../../wasm-host/worker/harness/cloudflare.mjs";

const [module, fallback, snapshots] = process.argv.slice(2);
const isolate = new Isolate(fileURLToPath(new URL("../../wasm-host/worker/cloudflare/index.js", import.meta.url)), {
  env: (isolate) => ({ SNAPSHOTS: folderNamespace(isolate, snapshots) }),
  files: { "scorer.wasm": module, "fallback.json": fallback },
});
await isolate.start();
const answers = [];
for (const { method, target, body, country } of JSON.parse(readFileSync(0, "utf8"))) {
  const request = new Request(`https://shop.test${target}`, { method, ...(body ? { body } : {}) });
  const { response, background } = await isolate.fetch(request, { country });
  answers.push({ status: response.status, type: response.headers.get("content-type"), body: await response.text() });
  await background;
}
// A pipe may be full: unlike `writeFileSync`, a stream waits.
process.stdout.write(JSON.stringify(answers));
