/**
 * The kernels of the probe in V8, several builds of it taking turns.
 *
 *     node kernels.mjs BASE SEED ROUNDS REPEATS PROBE.wasm…      prints JSON: `BUILD.KERNEL`, both by number, nanoseconds a round;
 *                                                                 `units.KERNEL` and `checksum.KERNEL`, the same of all builds
 */

import { readFileSync } from "node:fs";

const KERNELS = [0, 1, 2, 3];
const WARM_UP = 4;

const [base, seed, rounds, repeats, ...modules] = process.argv.slice(2);
const bytes = readFileSync(base);
const probes = modules.map((path) => {
  const probe = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {}).exports;
  probe._initialize();
  const address = probe.probe_allocate(bytes.length) >>> 0;
  new Uint8Array(probe.memory.buffer, address, bytes.length).set(bytes);
  if (probe.probe_kernels_open(address, bytes.length, BigInt(seed)) !== 0) throw new Error(`${base} does not open`);
  const differences = probe.probe_kernel_differences();
  if (differences !== 0) throw new Error(`${path}: ${differences} results differ from the plain versions'`);
  return probe;
});

const figures = {};

/** What has to be the same of all builds, and of all repeats. */
function same(name, value) {
  if ((figures[name] ??= value) !== value) throw new Error(`${name} was ${figures[name]} and is ${value}`);
}

for (let repeat = -WARM_UP; repeat < Number(repeats); repeat++) {
  for (const kernel of KERNELS) {
    for (const [build, probe] of probes.entries()) {
      const started = process.hrtime.bigint();
      const checksum = probe.probe_kernel(kernel, Number(rounds)) >>> 0;
      const nanoseconds = Number(process.hrtime.bigint() - started) / Number(rounds);
      if (repeat >= 0) (figures[`${build}.${kernel}`] ??= []).push(nanoseconds);
      same(`checksum.${kernel}`, checksum);
      same(`units.${kernel}`, probe.probe_kernel_units(kernel));
    }
  }
}
console.log(JSON.stringify(figures));
