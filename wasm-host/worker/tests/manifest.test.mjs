import assert from "node:assert/strict";
import { test } from "node:test";

import { CHUNK_BYTES, MANIFEST_BYTES_MAX, Manifest, ManifestError } from "../src/manifest.js";
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
  "there must be one base": (m) => m.files.shift(),
  "files[0].kind: nonsense is unknown": (m) => (m.files[0].kind = "nonsense"),
  "files[0].kind: constructor is unknown": (m) => (m.files[0].kind = "constructor"),
  "files[1].name: not a plain file name": (m) => (m.files[1].name = "../secret"),
  "files[0].bytes: out of range": (m) => (m.files[0].bytes = 2 ** 31),
  "files[0].chunks: 0 for": (m) => (m.files[0].chunks = []),
  "files[0].chunks: not SHA-256": (m) => (m.files[0].chunks = ["x"]),
  "files[0].chunks: not SHA-256 in": (m) => (m.files[0].chunks = [m.files[0].chunks]),
  "files[0].sha256: not SHA-256": (m) => delete m.files[0].sha256,
  "files[0].kind: base is unknown": (m) => (m.files[0].kind = ["base"]),
  "files[1].region: not a text": (m) => (m.files[1].region = 7),
  "files[1].parent: not a text": (m) => (m.files[1].parent = ["north"]),
  "no file for parent moon": (m) => (m.files[3].parent = "moon"),
  "world is no region": (m) => (m.files[3].region = "world"),
  "files: 4097, at most 4096": (m) => (m.files = Array(4097).fill(0)),
  "region r17 has more than 16 parents": (m) =>
    m.files.push(...Array.from({ length: 18 }, (_, n) => ({ ...m.files[3], region: `r${n}`, parent: n ? `r${n - 1}` : null }))),
  "built: missing": (m) => delete m.built,
  "regions: missing": (m) => (m.regions = []),
  "regions.N: no file for region ": (m) => (m.regions.N = []),
  "files[2].region: missing": (m) => delete m.files[2].region,
  "two files for region north": (m) => (m.files[3].region = "north"),
  "regions.N: no file for region elsewhere": (m) => (m.regions.N = "elsewhere"),
  "form a circle": (m) => (m.files[1].parent = "north"),
})) {
  test(`refused: ${place}`, () =>
    assert.throws(() => parsed(change), (error) => error instanceof ManifestError && error.message.includes(place))); // prettier-ignore
}

test("a region may have 16 parents", () => {
  const parts = Array.from({ length: 17 }, (_, n) => ({ region: `r${n}`, parent: n ? `r${n - 1}` : null }));
  const manifest = parsed((m) => {
    m.files.push(...parts.map((part) => ({ ...m.files[3], ...part })));
    m.regions.deep = "r16";
  });
  assert.deepEqual(manifest.chain("deep").map(({ region }) => region), parts.map(({ region }) => region));
});

test("its bytes are read up to a bound, as strict UTF-8", async () => {
  const stream = (...parts) => new Blob(parts).stream();
  assert.equal(await Manifest.textOf(stream("{", " ".repeat(MANIFEST_BYTES_MAX - 3), "é")), `{${" ".repeat(MANIFEST_BYTES_MAX - 3)}é`);
  await assert.rejects(Manifest.textOf(stream(" ".repeat(MANIFEST_BYTES_MAX + 1))), /manifest.json: more than 1048576 bytes/);
  await assert.rejects(Manifest.textOf(stream(new Uint8Array([0x22, 0xff, 0x22]))), ManifestError);
  await assert.rejects(Manifest.textOf(stream(new Uint8Array([0x22, 0xc3]))), ManifestError);
});

test("refused: what is no JSON, or no object", () => {
  for (const text of ["", "{", "null", "[]", "7", "[".repeat(200_000), '{"a":'.repeat(100_000)]) assert.throws(() => new Manifest(text), ManifestError);
});
