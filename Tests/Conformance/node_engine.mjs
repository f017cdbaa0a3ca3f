// The reactor under Node or Deno: request messages on stdin, responses on stdout.
//
//     node node_engine.mjs scorer.wasm fresh|reused KIND=FILE...

import { readFileSync } from "node:fs";
import process from "node:process";

import { answers } from "./v8_engine.mjs";

const [modulePath, mode, ...arguments_] = process.argv.slice(2);
const files = arguments_.map((argument) => {
  const [kind, name] = argument.split(/=(.*)/s);
  return { kind: Number(kind), name, bytes: readFileSync(name) };
});
const module = new WebAssembly.Module(readFileSync(modulePath));
// A pipe may be full: unlike `writeFileSync`, a stream waits.
process.stdout.write(answers(module, files, mode === "fresh", readFileSync(0)));
