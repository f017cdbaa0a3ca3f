// What the worker makes of manifests: one in base64 a line on stdin, on stdout `null` where it is refused, or what is read as JSON.

import process from "node:process";
import { createInterface } from "node:readline";

import { Manifest, ManifestError } from "../../wasm-host/worker/src/manifest.js";

const names = (files) => files.map(({ name }) => name);

async function read(bytes) {
  try {
    const manifest = new Manifest(await Manifest.textOf(new Blob([bytes]).stream()));
    const chains = Object.fromEntries([...manifest.regions.keys()].map((code) => [code, names(manifest.chain(code))]));
    const { generation, built } = manifest;
    return { generation, built, common: names(manifest.commonFiles), regions: [...manifest.regionFiles.keys()], chains };
  } catch (error) {
    if (error instanceof ManifestError) return null;
    throw error;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await read(Buffer.from(line, "base64"))) + "\n");
}
