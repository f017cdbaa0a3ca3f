/** Where published files stand: each platform's storage as a `Store`. */

/** @typedef {import("./loading.js").Store} Store */

/**
 * A web server, such as a bucket behind its public address.
 * @param {string} address of the folder that `martlet publish` wrote
 * @returns {Store}
 */
export function httpStore(address) {
  const folder = address.endsWith("/") ? address : `${address}/`;
  return {
    async read(name, signal) {
      const response = await fetch(folder + name, { signal });
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`${name}: the store answers ${response.status}`);
      return response.body;
    },
  };
}

/**
 * A key-value namespace (Cloudflare KV): one key a file.
 * @param {{ get(key: string, type: "stream"): Promise<ReadableStream<Uint8Array> | null> }} namespace
 * @returns {Store}
 */
export function kvStore(namespace) {
  return { read: (name) => namespace.get(name, "stream") };
}

/**
 * A bucket binding (Cloudflare R2).
 * @param {{ get(key: string): Promise<{ body: ReadableStream<Uint8Array> } | null> }} bucket
 * @param {string} [prefix] as `martlet publish --to r2:BUCKET/PREFIX` was given it
 * @returns {Store}
 */
export function bucketStore(bucket, prefix = "") {
  const folder = prefix && `${prefix.replace(/\/+$/, "")}/`;
  return {
    async read(name) {
      const object = await bucket.get(folder + name);
      return object?.body ?? null;
    },
  };
}

/**
 * Files deployed together with the worker (Cloudflare static assets).
 * @param {{ fetch(request: Request): Promise<Response> }} assets
 * @param {string} [folder]
 * @returns {Store}
 */
export function assetsStore(assets, folder = "/snapshots/") {
  return {
    async read(name) {
      const response = await assets.fetch(new Request(`https://assets.invalid${folder}${name}`));
      return response.ok ? response.body : null;
    },
  };
}
