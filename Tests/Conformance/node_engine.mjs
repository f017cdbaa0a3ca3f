// The reactor under V8: request messages on stdin, responses on stdout.
//
//     node node_engine.mjs scorer.wasm fresh|reused KIND=FILE...

import { readFileSync, writeFileSync } from "node:fs";

const [modulePath, mode, ...files] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(modulePath));
const snapshot = files.map((file) => {
  const [kind, path] = file.split(/=(.*)/s);
  return { kind: Number(kind), path, bytes: readFileSync(path) };
});

function instance() {
  const scorer = new WebAssembly.Instance(module, {}).exports;
  scorer._initialize();
  // The memory may move with every call, so the view is made anew.
  const window = (address, size) => new Uint8Array(scorer.memory.buffer, address >>> 0, size);
  const response = (length) => Buffer.from(window(scorer.martlet_response(), length >>> 0));
  for (const { kind, path, bytes } of snapshot) {
    const address = scorer.martlet_reserve(bytes.length);
    if (address === 0) throw new Error(`${path}: no room`);
    window(address, bytes.length).set(bytes);
    const refused = scorer.martlet_open(kind, bytes.length);
    if (refused !== 0) throw new Error(`${path}: ${response(refused)}`);
  }
  return (message) => {
    const address = scorer.martlet_request(message.length);
    if (address === 0) throw new Error(`a request of ${message.length} bytes is refused`);
    window(address, message.length).set(message);
    return response(scorer.martlet_handle(message.length));
  };
}

function* messages(stream) {
  while (stream.length > 0) {
    const headEnd = stream.indexOf("\r\n\r\n") + 4;
    const head = stream.subarray(0, headEnd).toString("latin1");
    const end = headEnd + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    yield stream.subarray(0, end);
    stream = stream.subarray(end);
  }
}

let handle = instance();
const responses = [];
for (const message of messages(readFileSync(0))) {
  if (mode === "fresh") handle = instance();
  responses.push(handle(message));
}
writeFileSync(1, Buffer.concat(responses));
