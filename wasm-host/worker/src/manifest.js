/** `manifest.json`: which files make up the published generation, and which of them a region needs. */

export const MANIFEST_NAME = "manifest.json";
export const CHUNK_BYTES = 1 << 20;
const FORMAT = 1;
const FILE_BYTES_MAX = 64 << 20;
/** Stands for no region file: the base answers. */
const WORLD = "world";
/**
 * A file's kind in the manifest, and its number in the module's ABI.
 * @type {Record<string, number>}
 */
const KINDS = { base: 1, region: 2, overlay: 3, text: 4 };

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
    need(typeof document === "object" && document !== null, "the document: not an object");
    need(document.format === FORMAT, `format ${document.format} is unknown, this host reads format ${FORMAT}`);
    need(typeof document.generation === "string", "generation: missing");
    need(Array.isArray(document.files), "files: missing");
    need(typeof document.regions === "object" && document.regions !== null, "regions: missing");
    /** @type {string} */
    this.generation = document.generation;
    /** @type {string} */
    this.built = typeof document.built === "string" ? document.built : "";
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
    for (const [code, region] of this.regions) {
      need(region === WORLD || this.regionFiles.has(region), `regions.${code}: no file for region ${region}`);
      this.chain(code);
    }
  }

  /**
   * The files that answer for a region code, from the widest to its own. Unknown codes have none.
   * @param {string} code
   * @returns {SnapshotFile[]}
   */
  chain(code) {
    /** @type {SnapshotFile[]} */
    const chain = [];
    let file = this.regionFiles.get(this.regions.get(code) ?? WORLD);
    while (file) {
      need(!chain.includes(file), `files: the parents of region ${file.region} form a circle`);
      chain.unshift(file);
      file = file.parent === null ? undefined : this.regionFiles.get(file.parent);
    }
    return chain;
  }
}

/**
 * @param {any} entry
 * @param {number} index
 * @returns {SnapshotFile}
 */
function snapshotFile(entry, index) {
  const place = `files[${index}]`;
  need(typeof entry === "object" && entry !== null, `${place}: not an object`);
  need(Object.hasOwn(KINDS, entry.kind), `${place}.kind: ${entry.kind} is unknown`);
  need(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(entry.name), `${place}.name: not a plain file name`);
  need(Number.isInteger(entry.bytes) && entry.bytes > 0 && entry.bytes <= FILE_BYTES_MAX, `${place}.bytes: out of range`);
  const chunks = Array.isArray(entry.chunks) ? entry.chunks : [];
  need(chunks.length === Math.ceil(entry.bytes / CHUNK_BYTES), `${place}.chunks: ${chunks.length} for ${entry.bytes} bytes`);
  for (const chunk of chunks) need(/^[0-9a-f]{64}$/.test(chunk), `${place}.chunks: not SHA-256 in lower-case hex`);
  const isRegion = entry.kind === "region";
  need(!isRegion || typeof entry.region === "string", `${place}.region: missing`);
  return {
    kind: KINDS[entry.kind],
    name: entry.name,
    bytes: entry.bytes,
    chunks,
    region: isRegion ? entry.region : null,
    parent: typeof entry.parent === "string" ? entry.parent : null,
  };
}

/**
 * @param {boolean} condition
 * @param {string} otherwise
 * @returns {asserts condition}
 */
function need(condition, otherwise) {
  if (!condition) throw new ManifestError(`${MANIFEST_NAME}: ${otherwise}`);
}
