import assert from "node:assert/strict";
import { test } from "node:test";

import { CHUNK_BYTES, Manifest, ManifestError } from "../src/manifest.js";
import { Shop, snapshotFile } from "./support.mjs";

const parsed = (change) => {
  const { manifest } = new Shop();
  change?.(manifest);
  return new Manifest(JSON.stringify(manifest));
};

test("common files come with the base first", () => {
  const manifest = parsed((m) => m.files.unshift(snapshotFile("text", "texts").entry));
  assert.deepEqual(manifest.commonFiles.map(({ kind }) => kind), [1, 4]);
  assert.equal(manifest.generation, "one");
});

test("a region's files go from the widest to its own", () => {
  const chain = (code) => parsed().chain(code).map(({ region }) => region);
  assert.deepEqual(chain("N"), ["all", "north"]);
  assert.deepEqual(chain("S"), ["south"]);
  assert.deepEqual(chain("empty"), []);
  assert.deepEqual(chain("nowhere"), []);
  assert.deepEqual(chain("__proto__"), []);
});

test("a chunk for each MiB", () => {
  const { entry } = snapshotFile("base", new Uint8Array(2 * CHUNK_BYTES + 1));
  assert.equal(parsed((m) => (m.files[0] = entry)).commonFiles[0].chunks.length, 3);
});

for (const [place, change] of Object.entries({
  "format 2 is unknown": (m) => (m.format = 2),
  "generation: missing": (m) => delete m.generation,
  "files: missing": (m) => delete m.files,
  "regions: missing": (m) => (m.regions = null),
  "there must be one base": (m) => m.files.shift(),
  "files[0].kind: nonsense is unknown": (m) => (m.files[0].kind = "nonsense"),
  "files[0].kind: constructor is unknown": (m) => (m.files[0].kind = "constructor"),
  "files[1].name: not a plain file name": (m) => (m.files[1].name = "../secret"),
  "files[0].bytes: out of range": (m) => (m.files[0].bytes = 2 ** 31),
  "files[0].chunks: 0 for": (m) => (m.files[0].chunks = []),
  "files[0].chunks: not SHA-256": (m) => (m.files[0].chunks = ["x"]),
  "files[2].region: missing": (m) => delete m.files[2].region,
  "two files for region north": (m) => (m.files[3].region = "north"),
  "regions.N: no file for region elsewhere": (m) => (m.regions.N = "elsewhere"),
  "form a circle": (m) => (m.files[1].parent = "north"),
})) {
  test(`refused: ${place}`, () =>
    assert.throws(() => parsed(change), (error) => error instanceof ManifestError && error.message.includes(place))); // prettier-ignore
}

test("refused: what is no JSON, or no object", () => {
  for (const text of ["", "{", "null", "[]", "7"]) assert.throws(() => new Manifest(text), ManifestError);
});
