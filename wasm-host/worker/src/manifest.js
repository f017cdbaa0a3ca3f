/** `manifest.json`: which files make up the published generation, and which of them a region needs. */

export const MANIFEST_NAME = "manifest.json";
export const CHUNK_BYTES = 1 << 20;
const FORMAT = 1;
const FILE_BYTES_MAX = 64 << 20;
export const MANIFEST_BYTES_MAX = 1 << 20;
const FILES_MAX = 4096;
/** Above one region. */
const PARENTS_MAX = 16;
/** Stands for no region file: the base answers. */
const WORLD = "world";
/**
 * A file's kind in the manifest, and its number in the module's ABI.
 * @type {Record<string, number>}
 */
const KINDS = { base: 1, region: 2, overlay: 3, text: 4 };

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * @typedef {object} SnapshotFile
 * @property {number} kind
 * @property {string} name
 * @property {number} bytes
 * @property {string[]} chunks SHA-256 of each MiB, in hex
 * @property {string | null} region
 * @property {string | null} parent
 */

/** The manifest cannot be used; the message names the place. */
export class ManifestError extends Error {}

export class Manifest {
  /** @param {string} text */
  constructor(text) {
    /** @type {any} */
    let document;
    try {
      document = JSON.parse(text);
    } catch (error) {
      throw new ManifestError(`${MANIFEST_NAME}: not JSON`);
    }
    need(isObject(document), "the document: not an object");
    need(document.format === FORMAT, `format ${document.format} is unknown, this host reads format ${FORMAT}`);
    need(typeof document.generation === "string", "generation: missing");
    need(typeof document.built === "string", "built: missing");
    need(Array.isArray(document.files), "files: missing");
    need(document.files.length <= FILES_MAX, `files: ${document.files.length}, at most ${FILES_MAX} are read`);
    need(isObject(document.regions), "regions: missing");
    /** @type {string} */
    this.generation = document.generation;
    /** @type {string} */
    this.built = document.built;
    const files = document.files.map(snapshotFile);
    /**
     * What every instance opens, the base first.
     * @type {SnapshotFile[]}
     */
    this.commonFiles = files
      .filter((/** @type {SnapshotFile} */ file) => file.region === null)
      .sort((/** @type {SnapshotFile} */ a, /** @type {SnapshotFile} */ b) => a.kind - b.kind);
    need(this.commonFiles.filter((file) => file.kind === KINDS.base).length === 1, "files: there must be one base");
    /** @type {Map<string, SnapshotFile>} */
    this.regionFiles = new Map();
    for (const file of files) {
      if (file.region === null) continue;
      need(!this.regionFiles.has(file.region), `files: two files for region ${file.region}`);
      this.regionFiles.set(file.region, file);
    }
    /**
     * Region code → the region whose file serves it.
     * @type {Map<string, string>}
     */
    this.regions = new Map(Object.entries(document.regions));
    const isKnown = (/** @type {string} */ region) => region === WORLD || this.regionFiles.has(region);
    need(!this.regionFiles.has(WORLD), `files: ${WORLD} is no region, the base answers for it`);
    for (const [code, region] of this.regions) need(isKnown(region), `regions.${code}: no file for region ${region}`);
    for (const { name, region, parent } of this.regionFiles.values()) {
      need(parent === null || isKnown(parent), `${name}: no file for parent ${parent}`);
      this._upwards(/** @type {string} */ (region));
    }
  }

  /**
   * Reads strict UTF-8, not more than a manifest may have.
   * @param {ReadableStream<Uint8Array>} stream
   */
  static async textOf(stream) {
    const reader = stream.getReader();
    /** @type {any[]} */
    const parts = [];
    for (let bytes = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > MANIFEST_BYTES_MAX) reader.cancel().catch(() => {});
      need(bytes <= MANIFEST_BYTES_MAX, `more than ${MANIFEST_BYTES_MAX} bytes`);
      parts.push(value);
    }
    const whole = await new Blob(parts).arrayBuffer();
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(whole);
    } catch {
      throw new ManifestError(`${MANIFEST_NAME}: not UTF-8`);
    }
  }

  /**
   * The files that answer for a region code, from the widest to its own. Unknown codes have none.
   * @param {string} code
   * @returns {SnapshotFile[]}
   */
  chain(code) {
    return this._upwards(this.regions.get(code) ?? WORLD).reverse();
  }

  /**
   * A region's file and those of its parents.
   * @private
   * @param {string} region
   */
  _upwards(region) {
    /** @type {SnapshotFile[]} */
    const files = [];
    let file = this.regionFiles.get(region);
    while (file) {
      need(!files.includes(file), `files: the parents of region ${region} form a circle`);
      need(files.length <= PARENTS_MAX, `files: region ${region} has more than ${PARENTS_MAX} parents`);
      files.push(file);
      file = file.parent === null ? undefined : this.regionFiles.get(file.parent);
    }
    return files;
  }
}

/**
 * @param {any} entry
 * @param {number} index
 * @returns {SnapshotFile}
 */
function snapshotFile(entry, index) {
  const place = `files[${index}]`;
  need(isObject(entry), `${place}: not an object`);
  need(typeof entry.kind === "string" && Object.hasOwn(KINDS, entry.kind), `${place}.kind: ${entry.kind} is unknown`);
  need(isText(entry.name, /^[A-Za-z0-9][A-Za-z0-9._-]*$/), `${place}.name: not a plain file name`);
  need(Number.isInteger(entry.bytes) && entry.bytes > 0 && entry.bytes <= FILE_BYTES_MAX, `${place}.bytes: out of range`);
  const chunks = Array.isArray(entry.chunks) ? entry.chunks : [];
  need(chunks.length === Math.ceil(entry.bytes / CHUNK_BYTES), `${place}.chunks: ${chunks.length} for ${entry.bytes} bytes`);
  for (const chunk of chunks) need(isText(chunk, SHA256), `${place}.chunks: not SHA-256 in lower-case hex`);
  need(isText(entry.sha256, SHA256), `${place}.sha256: not SHA-256 in lower-case hex`);
  const [region, parent] = [entry.region ?? null, entry.parent ?? null];
  need(region === null || typeof region === "string", `${place}.region: not a text`);
  need(parent === null || typeof parent === "string", `${place}.parent: not a text`);
  const isRegion = entry.kind === "region";
  need(!isRegion || region !== null, `${place}.region: missing`);
  return { kind: KINDS[entry.kind], name: entry.name, bytes: entry.bytes, chunks, region: isRegion ? region : null, parent };
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {RegExp} pattern
 */
function isText(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}

/**
 * @param {boolean} condition
 * @param {string} otherwise
 * @returns {asserts condition}
 */
function need(condition, otherwise) {
  if (!condition) throw new ManifestError(`${MANIFEST_NAME}: ${otherwise}`);
}
