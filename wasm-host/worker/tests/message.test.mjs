import assert from "node:assert/strict";
import { test } from "node:test";

import { parseResponse, requestMessage } from "../src/message.js";

const bytes = (text) => new TextEncoder().encode(text);
const text = (array) => new TextDecoder().decode(array);

test("a request is exact bytes, with the length of its body", () => {
  const message = requestMessage("POST", "/events", [["martlet-region", "Süd"]], bytes("{}"));
  assert.equal(text(message), "POST /events HTTP/1.1\r\nmartlet-region: Süd\r\nContent-Length: 2\r\n\r\n{}");
  assert.equal(text(requestMessage("GET", "/", [], bytes(""))), "GET / HTTP/1.1\r\n\r\n");
});

test("a response keeps repeated headers apart", () => {
  const message = bytes("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 4\r\n\r\nbody");
  const answer = parseResponse(message);
  assert.deepEqual(answer.headers, [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-length", "4"]]); // prettier-ignore
  assert.equal(answer.status, 200);
  assert.equal(text(answer.body), "body");
});

for (const [name, message] of Object.entries({
  "no blank line": "HTTP/1.1 200 OK\r\nA: b\r\n",
  "no status line": "200 OK\r\n\r\n",
  "a status out of range": "HTTP/1.1 999 No\r\n\r\n",
  "a line without a colon": "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
  "a length that is not the body's": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody",
  "nothing": "",
})) {
  test(`refused: ${name}`, () => assert.throws(() => parseResponse(bytes(message))));
}
