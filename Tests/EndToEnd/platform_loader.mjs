// What the bundlers of Vercel and Netlify understand and Node 20 does not: `.wasm?module`, and JSON without or with `with`.

import { readFile } from "node:fs/promises";
import { register } from "node:module";

export async function load(url, context, nextLoad) {
  const [address, query] = url.split("?");
  if (address.endsWith(".wasm") && query === "module") {
    const bytes = (await readFile(new URL(address))).toString("base64");
    const source = `export default new WebAssembly.Module(Buffer.from("${bytes}", "base64"));`;
    return { format: "module", shortCircuit: true, source };
  }
  if (address.endsWith(".json")) {
    return { format: "module", shortCircuit: true, source: `export default ${await readFile(new URL(address), "utf8")};` };
  }
  return nextLoad(url, context);
}

if (!import.meta.url.includes("hooks")) register(`${import.meta.url}?hooks`);
