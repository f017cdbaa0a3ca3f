/**
 * A whole answer in V8, HTTP message in and JSON out, beside a GET of a ready list of the same size from Redis over the loopback
 * interface. The two take turns, so that whatever else the machine does falls on both.
 *
 *     node answers.mjs scorer.wasm MESSAGES REDIS-PORT|- ROUNDS KIND=FILE…      prints JSON: samples in nanoseconds
 *
 * MESSAGES holds request messages, one after the other. `inside` is, of the same answers, the call into the module alone, without
 * copying the message in and the answer out; `work` is the median of what the answers say of theirs, `digest` their SHA-256.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";

import { messages as split } from "../../Tests/Conformance/v8_engine.mjs";

const [modulePath, messagesPath, redisPort, rounds, ...files] = process.argv.slice(2);
const messages = [...split(readFileSync(messagesPath))];
const now = process.hrtime.bigint;

const scorer = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(modulePath)), {}).exports;
scorer._initialize();
for (const file of files) {
  const [kind, path] = file.split(/=(.*)/s);
  const bytes = readFileSync(path);
  const address = scorer.martlet_reserve(bytes.length) >>> 0;
  new Uint8Array(scorer.memory.buffer, address, bytes.length).set(bytes);
  if (scorer.martlet_open(Number(kind), bytes.length) !== 0) throw new Error(`${path} is refused`);
}
scorer.martlet_warm_up();

/** The answer, copied out, as a host has to. */
function answer(message, times) {
  const started = now();
  const address = scorer.martlet_request(message.length) >>> 0;
  new Uint8Array(scorer.memory.buffer, address, message.length).set(message);
  const entered = now();
  const length = scorer.martlet_handle(message.length) >>> 0;
  const handled = now();
  const response = Buffer.from(new Uint8Array(scorer.memory.buffer, scorer.martlet_response() >>> 0, length));
  times?.whole.push(Number(now() - started));
  times?.inside.push(Number(handled - entered));
  return response;
}

/** One connection, one request at a time. */
class Redis {
  static async connect(port) {
    const redis = new Redis();
    redis.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    redis.socket.on("data", (data) => redis.receive(data));
    await new Promise((done, failed) => redis.socket.once("connect", done).once("error", failed));
    return redis;
  }

  received = Buffer.alloc(0);

  receive(data) {
    this.received = this.received.length === 0 ? data : Buffer.concat([this.received, data]);
    if (this.received.length < this.wanted) return;
    const reply = this.received;
    this.received = Buffer.alloc(0);
    this.done(reply);
  }

  /** The reply to `command`, of `wanted` bytes. */
  ask(command, wanted) {
    this.wanted = wanted;
    return new Promise((done) => {
      this.done = done;
      this.socket.write(command);
    });
  }
}

const sized = (bytes) => Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")]);
const command = (...words) => Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...words.map((word) => sized(Buffer.from(word)))]);

const expected = messages.map((message) => answer(message));
const replies = expected.map((response) => sized(response.subarray(response.indexOf("\r\n\r\n") + 4)));
const gets = expected.map((_, index) => command("GET", `list:${index}`));
const redis = redisPort === "-" ? null : await Redis.connect(Number(redisPort));
for (const [index, reply] of replies.entries()) {
  const list = reply.subarray(reply.indexOf("\r\n") + 2, -2);
  if (redis) await redis.ask(command("SET", `list:${index}`, list), "+OK\r\n".length);
}

const times = { whole: [], inside: [], redis: [] };

function answerAll(isTimed) {
  for (const [index, message] of messages.entries()) {
    const response = answer(message, isTimed ? times : null);
    if (!response.equals(expected[index])) throw new Error(`answer ${index} has changed`);
  }
}

async function getAll(isTimed) {
  for (const [index, get] of gets.entries()) {
    const started = now();
    const reply = await redis.ask(get, replies[index].length);
    if (isTimed) times.redis.push(Number(now() - started));
    if (!reply.equals(replies[index])) throw new Error(`list ${index} is not what was stored`);
  }
}

// Four rounds for the engine's compilers.
for (let round = -4; round < Number(rounds); round++) {
  answerAll(round >= 0);
  if (redis) await getAll(round >= 0);
}
redis?.socket.destroy();

const digest = createHash("sha256").update(Buffer.concat(expected)).digest("hex");
const bytes = expected.reduce((sum, response) => sum + response.length, 0) / expected.length;
const works = expected.map((response) => JSON.parse(response.subarray(response.indexOf("\r\n\r\n") + 4).toString()).work);
const work = works.sort((a, b) => a - b)[works.length >> 1];
console.log(JSON.stringify({ ...times, bytes, work, digest }));
