/** HTTP/1.1 messages as the module reads and writes them: exact bytes, the body is all after the blank line. */

export const LIMITS = { target: 8 << 10, headers: 32 << 10, body: 64 << 10 };

const encoder = new TextEncoder();

/**
 * A request message. Header values are UTF-8; `Content-Length` is written here and nowhere else.
 * @param {string} method
 * @param {string} target
 * @param {[string, string][]} headers
 * @param {Uint8Array} body
 * @returns {Uint8Array}
 */
export function requestMessage(method, target, headers, body) {
  let head = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  if (body.length > 0) head += `Content-Length: ${body.length}\r\n`;
  const start = encoder.encode(head + "\r\n");
  if (body.length === 0) return start;
  const message = new Uint8Array(start.length + body.length);
  message.set(start);
  message.set(body, start.length);
  return message;
}

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {[string, string][]} headers names in lower case, in the message's order; repeated ones stay apart (`set-cookie`)
 * @property {Uint8Array} body a view of the message
 */

/**
 * @param {Uint8Array} message
 * @returns {Answer}
 */
export function parseResponse(message) {
  const end = headEnd(message);
  if (end < 0) throw new Error("the response has no end of its head");
  const [statusLine, ...lines] = latin1(message.subarray(0, end)).split("\r\n");
  const status = /^HTTP\/1\.1 ([1-5][0-9]{2})( |$)/.exec(statusLine);
  if (!status) throw new Error(`not a status line: ${statusLine.slice(0, 60)}`);
  /** @type {[string, string][]} */
  const headers = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw new Error(`not a header line: ${line.slice(0, 60)}`);
    headers.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  const body = message.subarray(end + 4);
  const length = headers.find(([name]) => name === "content-length");
  if (length && Number(length[1]) !== body.length) {
    throw new Error(`Content-Length ${length[1]}, but ${body.length} bytes of body`);
  }
  return { status: Number(status[1]), headers, body };
}

/** @param {Uint8Array} message */
function headEnd(message) {
  for (let i = 0; i + 3 < message.length; i++) {
    if (message[i] === 13 && message[i + 1] === 10 && message[i + 2] === 13 && message[i + 3] === 10) return i;
  }
  return -1;
}

/** @param {Uint8Array} bytes */
function latin1(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
