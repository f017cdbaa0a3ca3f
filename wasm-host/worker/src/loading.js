/** A snapshot file on its way from a store into the module's memory, checked as it arrives. */

import { CHUNK_BYTES } from "./manifest.js";

/** A file is not what the manifest says, or does not come; the message names it. */
export class DamagedFile extends Error {}

/**
 * Where snapshot files come from.
 * @typedef {object} Store
 * @property {(name: string, signal?: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>} read null where there is no such file
 */

/**
 * Times of one load in milliseconds, where the clock runs.
 * @typedef {{ check: number, copy: number, open: number }} LoadTimes
 */

/**
 * Reads `file` straight into the module's buffer and opens it there. Whole chunks of 1 MiB are checked against the manifest as
 * they are complete; with `verify: "size"` (plans whose CPU time would not do for hashing) only the length is.
 * @param {import("./scorer.js").Scorer} scorer
 * @param {Store} store
 * @param {import("./manifest.js").SnapshotFile} file
 * @param {{ verify: "chunks" | "size", times?: LoadTimes, signal?: AbortSignal }} options
 * @returns {Promise<number>} the address of the file in the module's memory
 */
export async function openFile(scorer, store, file, { verify, times, signal }) {
  const stream = await store.read(file.name, signal);
  if (!stream) throw new DamagedFile(`${file.name}: not there`);
  const clock = times ? () => performance.now() : () => 0;
  const address = scorer.reserve(file.bytes);
  const reader = stream.getReader();
  let received = 0;
  let checked = 0;
  // Whoever has given this load up may have reserved the same buffer for another file since.
  const stillWanted = () => {
    if (signal?.aborted) throw new DamagedFile(`${file.name}: given up after ${received} bytes`);
  };
  /** @param {number} end */
  const check = async (end) => {
    const started = clock();
    const digest = await crypto.subtle.digest("SHA-256", scorer.window(address + checked, end - checked));
    if (hex(digest) !== file.chunks[checked / CHUNK_BYTES]) {
      throw new DamagedFile(`${file.name}: bytes ${checked} to ${end} do not match their SHA-256`);
    }
    checked = end;
    if (times) times.check += clock() - started;
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      stillWanted();
      if (done) break;
      if (received + value.length > file.bytes) {
        throw new DamagedFile(`${file.name}: longer than the ${file.bytes} bytes that the manifest says`);
      }
      const started = clock();
      scorer.window(address + received, value.length).set(value);
      received += value.length;
      if (times) times.copy += clock() - started;
      while (verify === "chunks" && received - checked >= CHUNK_BYTES) await check(checked + CHUNK_BYTES);
    }
    if (received < file.bytes) throw new DamagedFile(`${file.name}: ${received} of ${file.bytes} bytes came`);
    if (verify === "chunks" && checked < received) await check(received);
    stillWanted();
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error instanceof DamagedFile ? error : new DamagedFile(`${file.name}: ${message(error)}`);
  }
  const started = clock();
  scorer.open(file.kind, file.bytes);
  if (times) times.open += clock() - started;
  return address;
}

/** @param {ArrayBuffer} digest */
function hex(digest) {
  let text = "";
  for (const byte of new Uint8Array(digest)) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** @param {unknown} error */
export function message(error) {
  return error instanceof Error ? error.message : String(error);
}
