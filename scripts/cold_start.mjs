/**
 * The first request on a fresh edge worker under V8, taken apart, and what later requests take: medians of several processes, each of
 * which serves its first request.
 *
 *     node scripts/cold_start.mjs SNAPSHOTS [--module dist/scorer.wasm] [--runs 21] [--all] [--region CODE] [--messages FILE]
 *                                 [--lazy] [--json]
 *
 * SNAPSHOTS is a published folder. The base alone is opened, and with --all the texts too. Asked is what FILE holds, request messages
 * without bodies, one after the other, by turns; or the homepage for a visitor of whom nothing is known. Each process compiles the whole
 * module before the clock starts, as the Node entry does at its start; with --lazy V8 compiles each function at its first call, as it does
 * where nobody says otherwise, and that counts.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";

import { openFile } from "../wasm-host/worker/src/loading.js";
import { Manifest } from "../wasm-host/worker/src/manifest.js";
import { parseResponse, requestMessage } from "../wasm-host/worker/src/message.js";
import { Refused, Scorer } from "../wasm-host/worker/src/scorer.js";
import { createWorker } from "../wasm-host/worker/src/worker.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    module: { type: "string", default: "dist/scorer.wasm" },
    runs: { type: "string", default: "21" },
    region: { type: "string", default: "world" },
    messages: { type: "string" },
    all: { type: "boolean", default: false },
    lazy: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    once: { type: "string" },
  },
});
const [snapshots] = positionals;

const LATER = 2000;
const CHUNK = 256 << 10;

/** Files as they come over a network: in pieces, already in memory. */
function memoryStore(folder, manifestText) {
  const files = new Map([["manifest.json", Buffer.from(manifestText)]]);
  return {
    load: (name) => files.set(name, readFileSync(join(folder, name))),
    async read(name) {
      const bytes = files.get(name);
      let at = 0;
      return new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.subarray(at, (at += CHUNK)));
        },
      });
    },
  };
}

/** What is opened, and the manifest that says so. */
function publication() {
  const document = JSON.parse(readFileSync(join(snapshots, "manifest.json"), "utf8"));
  const isWanted = (file) => file.kind === "base" || (values.all && file.kind === "text") || values.region === file.region;
  document.files = document.files.filter(isWanted).map((file) => ({ ...file, parent: null }));
  const regions = new Set(document.files.map((file) => file.region).filter(Boolean));
  document.regions = Object.fromEntries([...regions].map((region) => [region, region]));
  return JSON.stringify(document);
}

/** The homepage's, for a visitor of whom nothing is known. */
const usualQuestion = () =>
  "GET /recommendations?context=homepage&n=10 HTTP/1.1\r\n" +
  `Martlet-Time: ${Date.now()}\r\nMartlet-Region: ${values.region}\r\nMartlet-Consent: session\r\n\r\n`;

/** Request messages and what they say: the target, and the host's facts by name. */
function questions() {
  const text = values.messages ? readFileSync(values.messages, "utf8") : usualQuestion();
  return text.split("\r\n\r\n").slice(0, -1).map((head) => {
    const [line, ...headers] = head.split("\r\n");
    const pairs = headers.map((header) => header.split(": "));
    const facts = Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
    return { message: Buffer.from(`${head}\r\n\r\n`), target: line.split(" ")[1], facts };
  }); // prettier-ignore
}

/** The items of an answer, which are as many as were asked for and come from the snapshot; raises where they are not. */
function itemsOf(question, status, isDegraded, body) {
  const wanted = Number(new URLSearchParams(question.target.split("?")[1]).get("n"));
  const items = status === 200 && !isDegraded ? JSON.parse(body).items.map((item) => item.item_id) : [];
  if (new Set(items).size !== wanted) throw new Error(`${question.target}: status ${status}, ${items.length} items`);
  return items.join(" ");
}

async function parts() {
  const asked = questions();
  const text = publication();
  const manifest = new Manifest(text);
  const store = memoryStore(snapshots, text);
  const files = [...manifest.commonFiles, ...manifest.regionFiles.values()];
  for (const file of files) store.load(file.name);
  const module = new WebAssembly.Module(readFileSync(values.module));
  // The digest's first call sets up its own machinery, which a platform has running.
  await crypto.subtle.digest("SHA-256", new Uint8Array(1));
  const times = { check: 0, copy: 0, open: 0 };
  const clock = () => performance.now();
  const started = clock();
  const scorer = new Scorer(module);
  const instantiated = clock();
  for (const file of files) {
    await openFile(scorer, store, file, { verify: "chunks", times }).catch((error) => {
      throw error instanceof Refused ? new Error(`${join(snapshots, file.name)}: ${error.message}`) : error;
    });
  }
  const loaded = clock();
  scorer.warmUp();
  const answer = scorer.handle(asked[0].message).slice();
  const answered = clock();
  const { status, headers, body } = parseResponse(answer);
  const items = itemsOf(asked[0], status, headers.some(([name]) => name === "martlet-degraded"), Buffer.from(body));
  const calls = Array.from({ length: LATER }, (_, index) => {
    const { message } = asked[(index + 1) % asked.length];
    const called = clock();
    scorer.handle(message);
    return clock() - called;
  });
  return { instantiate: instantiated - started, ...times, answer: answered - loaded, total: answered - started, call: median(calls),
    memory: scorer.memoryBytes, bytes: files.reduce((sum, file) => sum + file.bytes, 0), items,
    digest: createHash("sha256").update(answer).digest("hex") }; // prettier-ignore
}

async function worker() {
  const asked = questions();
  const text = publication();
  const store = memoryStore(snapshots, text);
  for (const file of JSON.parse(text).files) store.load(file.name);
  const module = new WebAssembly.Module(readFileSync(values.module));
  const made = createWorker({ module, store, writeLog: () => {}, policy: { allowOverrides: true } });
  // Making requests and sending responses is the platform's; Node loads its own code for that when it is first used.
  await new Response(new Request("https://shop.test/", { method: "POST", body: "" }).body).text();
  const ask = async (index) => {
    const question = asked[index % asked.length];
    const { "martlet-session": token, "martlet-time": time, "martlet-region": region } = question.facts;
    const headers = token ? { "martlet-session": token } : {};
    const request = new Request(`https://shop.test${question.target}&time=${time}`, { headers });
    const started = performance.now();
    const response = await made.fetch(request, { region });
    const ms = performance.now() - started;
    const items = itemsOf(question, response.status, response.headers.has("martlet-degraded"), await response.text());
    return { ms, items };
  };
  const first = await ask(0);
  const laterTimes = [];
  for (let i = 1; i <= LATER; i++) laterTimes.push((await ask(i)).ms);
  const [next, next99] = [median(laterTimes), quantile(laterTimes, 0.99)];
  return { first: first.ms, second: laterTimes[0], next, next99, servedItems: first.items };
}

const quantile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const median = (numbers) => quantile(numbers, 0.5);

/** A process of its own, whose own words say what is wrong where something is. */
function freshProcess(what) {
  const command = [fileURLToPath(import.meta.url), ...process.argv.slice(2), "--once", what];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.trim().replace(/^cold_start: /, "") || `a process ended with status ${status}`);
  return JSON.parse(stdout);
}

const ROWS = [
  ["instantiate", "instantiate"],
  ["open", "open"],
  ["answer", "warm up and first answer"],
  ["ours", "all but check and copy"],
  ["check", "check (SHA-256 of each MiB)"],
  ["copy", "copy into the module's memory"],
  ["checkPerMiB", "check, a MiB"],
  ["copyPerMiB", "copy, a MiB"],
  ["total", "together"],
  ["call", "next calls into the module, median"],
  ["first", "first request through the worker"],
  ["second", "second request"],
  ["next", "next requests, median"],
  ["next99", "next requests, 99th percentile"],
];

/** The medians, each with the least and the most of the runs beside it. */
function print(runs) {
  const mib = (bytes) => bytes / 2 ** 20;
  const of = (name) => runs.map((run) => run[name]);
  for (const run of runs) {
    run.checkPerMiB = run.check / mib(run.bytes);
    run.copyPerMiB = run.copy / mib(run.bytes);
  }
  console.log(`node ${process.version}; ${mib(runs[0].bytes).toFixed(1)} MiB of files, ` +
    `${mib(runs[0].memory).toFixed(1)} MiB of memory in the instance`); // prettier-ignore
  console.log(`milliseconds, the median of ${runs.length} fresh processes (and the least and the most of them)\n`);
  for (const [name, title] of ROWS) {
    const [middle, least, most] = [median(of(name)), Math.min(...of(name)), Math.max(...of(name))].map((ms) => ms.toFixed(3));
    console.log(`${title.padEnd(34)}${middle.padStart(9)}  (${least} to ${most})`);
  }
}

async function main() {
  if (!snapshots) throw new Error("name the folder of a publication");
  if (!values.lazy) setFlagsFromString("--no-wasm-lazy-compilation");
  if (values.once) return console.log(JSON.stringify(await { parts, worker }[values.once]()));
  const count = Number(values.runs);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--runs ${values.runs}: not a number from 1`);
  const runs = Array.from({ length: count }, () => ({ ...freshProcess("parts"), ...freshProcess("worker") }));
  for (const run of runs) {
    run.ours = run.instantiate + run.open + run.answer;
    if (run.items !== run.servedItems) throw new Error(`the worker answers ${run.servedItems}, the module ${run.items}`);
  }
  if (values.json) console.log(JSON.stringify(runs));
  else print(runs);
}

try {
  await main();
} catch (error) {
  // Not by exit(): what stands on standard output may not have gone out yet.
  console.error(`cold_start: ${error.message}`);
  process.exitCode = 1;
}
