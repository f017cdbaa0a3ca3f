// The reactor under V8, as Node, Deno and browsers run it.

/**
 * The responses to a stream of request messages, one after the other.
 * @param {WebAssembly.Module} module
 * @param {{ kind: number, name: string, bytes: Uint8Array }[]} files of the snapshot
 * @param {boolean} isFresh whether each message gets an instance of its own
 * @param {Uint8Array} stream
 */
export function answers(module, files, isFresh, stream) {
  let handle = open(module, files);
  const responses = [];
  for (const message of messages(stream)) {
    if (isFresh) handle = open(module, files);
    responses.push(handle(message));
  }
  return joined(responses);
}

function open(module, files) {
  const scorer = new WebAssembly.Instance(module, {}).exports;
  scorer._initialize();
  // The memory may move with every call, so the view is made anew.
  const window = (address, size) => new Uint8Array(scorer.memory.buffer, address >>> 0, size);
  const response = (length) => window(scorer.martlet_response(), length >>> 0).slice();
  for (const { kind, name, bytes } of files) {
    const address = scorer.martlet_reserve(bytes.length);
    if (address === 0) throw new Error(`${name}: no room`);
    window(address, bytes.length).set(bytes);
    const refused = scorer.martlet_open(kind, bytes.length);
    if (refused !== 0) throw new Error(`${name}: ${new TextDecoder().decode(response(refused))}`);
  }
  return (message) => {
    const address = scorer.martlet_request(message.length);
    if (address === 0) throw new Error(`a request of ${message.length} bytes is refused`);
    window(address, message.length).set(message);
    return response(scorer.martlet_handle(message.length));
  };
}

/** The messages of a stream: a head up to its blank line, and as much body as `Content-Length` says. */
export function* messages(stream) {
  while (stream.length > 0) {
    const headEnd = blankLine(stream) + 4;
    const head = new TextDecoder("latin1").decode(stream.subarray(0, headEnd));
    const end = headEnd + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    yield stream.subarray(0, end);
    stream = stream.subarray(end);
  }
}

function blankLine(bytes) {
  for (let i = 0; i + 3 < bytes.length; i++) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
  }
  throw new Error("a message without a blank line");
}

export function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
