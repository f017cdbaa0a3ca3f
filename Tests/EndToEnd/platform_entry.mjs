// The entries of Netlify and Vercel outside of their platforms: their globals are set up, imports that only their bundlers understand
// are resolved, and a request goes through with what the platform says of the visitor. Prints the answers as JSON.
//
//     node --import ./platform_loader.mjs platform_entry.mjs netlify|vercel FOLDER ORIGIN
//
// FOLDER is what would be deployed.

import { pathToFileURL } from "node:url";

const [platform, folder, origin] = process.argv.slice(2);
const background = [];
const waitUntil = (promise) => void background.push(promise);
const lines = [];
console.log = (line) => lines.push(JSON.parse(line));

const entry = (path) => import(new URL(path, pathToFileURL(`${folder}/`)).href);

const platforms = {
  async netlify() {
    globalThis.Netlify = { env: { get: (name) => process.env[name] } };
    const { default: handler, config } = await entry("netlify/edge-functions/martlet.js");
    const context = { geo: { country: { code: "North" }, timezone: "Europe/Berlin" }, waitUntil };
    return { config, ask: (path, init) => handler(new Request(origin + path, init), context) };
  },
  async vercel() {
    // The platform forbids compiling. Node's HTTP client compiles its parser with the first request.
    await fetch(origin).catch(() => {});
    WebAssembly.compile = WebAssembly.instantiate = WebAssembly.compileStreaming = () => {
      throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    };
    const { default: handler, config } = await entry("middleware.js");
    const placed = { "x-vercel-ip-country": "North", "x-vercel-ip-timezone": "Europe/Berlin" };
    return { config, ask: (path, { headers }) => handler(new Request(origin + path, { headers: { ...headers, ...placed } }), { waitUntil }) };
  },
};

const { config, ask } = await platforms[platform]();
const answers = [];
for (const path of ["/martlet/recommendations?n=3", "/martlet/healthz", "/elsewhere"]) {
  const response = await ask(path, { headers: { origin: "https://shop.example", "x-country": "South" } });
  answers.push({ status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() });
}
await Promise.all(background);
process.stdout.write(JSON.stringify({ config, answers, lines }));
