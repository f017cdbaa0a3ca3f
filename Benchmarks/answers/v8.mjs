/**
 * A whole answer in V8, HTTP message in and JSON out, beside a GET of a ready list of the same size from Redis over the loopback
 * interface. The two take turns, so that whatever else the machine does falls on both.
 *
 *     node v8.mjs scorer.wasm messages.bin REDIS-PORT|- ROUNDS KIND=FILE…      prints JSON: nanoseconds, p50 and p99 of each
 *
 * `messages.bin` holds request messages, each after its length (u32, little-endian).
 */

import { readFileSync } from "node:fs";
import { connect } from "node:net";

const [modulePath, messagesPath, redisPort, roundsText, ...files] = process.argv.slice(2);
const rounds = Number(roundsText);
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
function answer(message) {
  const address = scorer.martlet_request(message.length) >>> 0;
  new Uint8Array(scorer.memory.buffer, address, message.length).set(message);
  const length = scorer.martlet_handle(message.length) >>> 0;
  return Buffer.from(new Uint8Array(scorer.memory.buffer, scorer.martlet_response() >>> 0, length));
}

function* messagesOf(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}
const messages = [...messagesOf(readFileSync(messagesPath))];
const expected = messages.map(answer);
for (const response of expected) {
  const body = JSON.parse(response.subarray(response.indexOf("\r\n\r\n") + 4).toString());
  if (body.items.length !== 20 || body.signals !== 10) throw new Error("not an answer of 20 items to 10 signals");
}

/** One connection, one request at a time. */
class Redis {
  constructor(port) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.received = [];
    this.length = 0;
    this.socket.on("data", (data) => {
      this.received.push(data);
      this.length += data.length;
      if (this.length >= this.wanted) {
        const reply = this.received.length === 1 ? data : Buffer.concat(this.received);
        this.received = [];
        this.length = 0;
        this.done(reply);
      }
    });
  }
  ask(command, wanted) {
    this.wanted = wanted;
    return new Promise((done) => {
      this.done = done;
      this.socket.write(command);
    });
  }
}

function command(...words) {
  const parts = words.map((word) => Buffer.from(word));
  const frames = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from("\r\n")]);
  return Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...frames]);
}

const times = { module: [], redis: [] };
const now = process.hrtime.bigint;
const redis = redisPort === "-" ? null : new Redis(Number(redisPort));
const bodies = expected.map((response) => response.subarray(response.indexOf("\r\n\r\n") + 4));
const gets = bodies.map((_, index) => command("GET", `list:${index}`));
const replyLengths = bodies.map((body) => `$${body.length}\r\n`.length + body.length + 2);
if (redis) for (const [index, body] of bodies.entries()) await redis.ask(command("SET", `list:${index}`, body), 5);
for (let round = -2; round < rounds; round++) {
  for (const [index, message] of messages.entries()) {
    const started = now();
    const response = answer(message);
    const ended = now();
    if (round >= 0) times.module.push(Number(ended - started));
    if (!response.equals(expected[index])) throw new Error(`answer ${index} changed`);
  }
  if (!redis) continue;
  for (const [index, get] of gets.entries()) {
    const started = now();
    const reply = await redis.ask(get, replyLengths[index]);
    const ended = now();
    if (round >= 0) times.redis.push(Number(ended - started));
    if (reply.length !== replyLengths[index]) throw new Error("not the list that was stored");
  }
}
redis?.socket.destroy();

function summary(values) {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  const at = (share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
  return { p50: at(0.5), p99: at(0.99), count: values.length };
}
const bytes = bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length;
console.log(JSON.stringify({ module: summary(times.module), redis: summary(times.redis), answer_bytes: bytes }));
