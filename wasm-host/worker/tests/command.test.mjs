import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { commandFrom } from "../node/command.mjs";

const SERVER = fileURLToPath(new URL("../node/server.mjs", import.meta.url));
/** The shortest module. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

async function place(context) {
  const folder = await mkdtemp(join(tmpdir(), "martlet-command-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "scorer.wasm"), EMPTY_MODULE);
  await writeFile(join(folder, "text"), "text");
  return { folder, words: ["--module", join(folder, "scorer.wasm"), "--snapshots", folder] };
}

/** What the command says on standard error before it ends with status 1. */
function refusal(words, environment = {}) {
  const done = spawnSync(process.execPath, [SERVER, ...words], { encoding: "utf8", timeout: 20_000, env: { ...process.env, ...environment } });
  assert.equal(done.status, 1, done.stdout + done.stderr);
  return done.stderr;
}

test("what cannot hold is one line that names the option", async (context) => {
  const { folder, words } = await place(context);
  const text = join(folder, "text");
  const wrong = [
    [["--consent", "yes"], "--consent: yes is not none, session, full"],
    [["--events-consent", "none"], "--events-consent: none is not session or full"],
    [["--refresh-seconds", "soon"], "--refresh-seconds: soon is not a number from 0"],
    [["--load-seconds", ""], "--load-seconds:  is not a number from 0"],
    [["--first-wait-ms", "x"], "--first-wait-ms: x is not a number from 0"],
    [["--cache-seconds", "x"], "--cache-seconds: x is not a number from 0"],
    [["--cors", "https://a.example", "--cors", "shop"], "--cors: shop is not an origin such as https://shop.example, or *"],
    [["--prefix", "shop"], "--prefix: shop is not a path such as /martlet"],
    [["--region-header", "X Region"], "--region-header: X Region is not a header's name"],
    [["--port", "99999"], "--port: 99999 is not a whole number from 0 to 65535"],
    [["--port", "http"], "--port: http is not a whole number from 0 to 65535"],
    [["--snapshots", "nowhere"], "--snapshots nowhere: no such folder"],
    [["--module", "nowhere"], "--module nowhere: no such file or directory, open 'nowhere'"],
    [["--module", text], `--module ${text}: not a WebAssembly module`],
    [["--fallback", "nowhere"], "--fallback nowhere: no such file or directory, open 'nowhere'"],
    [["--events", join(text, "log")], `--events ${join(text, "log")}: not a directory, mkdir '${join(text, "log")}'`],
    [["--key-variable", "NO_SUCH_KEY"], "--key-variable: the environment has no variable NO_SUCH_KEY"],
    [["--key-variable", "SHORT_KEY"], "SHORT_KEY: the value is not base64url of 16 bytes or more"],
  ];
  for (const [more, said] of wrong) assert.equal(refusal([...words, ...more], { SHORT_KEY: "abc" }), `martlet: ${said}\n`);
  assert.match(refusal([...words, "--fallback", text]), /^martlet: --fallback .*text: .*JSON.*\n$/);
  assert.match(refusal(["--module", words[1]]), /^martlet: --module and --snapshots are needed\n$/);
  assert.match(refusal([...words, "--colour", "red"]), /^martlet: Unknown option '--colour'[^\n]*\n$/);
});

test("a port that is taken is named", async (context) => {
  const { words } = await place(context);
  const other = createServer();
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  context.after(() => other.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (other.address());
  assert.equal(refusal([...words, "--port", String(port)]), `martlet: --port: ${port} is in use on 127.0.0.1\n`);
});

test("a list that is no list of items is refused; without one there is none", async (context) => {
  const { folder, words } = await place(context);
  assert.equal((await commandFrom(words)).settings.staticList, null);
  await writeFile(join(folder, "fallback.json"), '{"items":[{"item_id":"a"}]}');
  assert.deepEqual((await commandFrom(words)).settings.staticList, { items: [{ item_id: "a" }] });
  await writeFile(join(folder, "fallback.json"), "[]");
  await assert.rejects(commandFrom(words), /--fallback .*fallback\.json: holds no items/);
});
