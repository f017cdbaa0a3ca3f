/**
 * The kernels of the probe in V8, several builds of it taking turns.
 *
 *     node kernels.mjs BASE SEED ROUNDS PROBE.wasm…      prints JSON: for each build and kernel nanoseconds a round, units and checksum
 */

import { readFileSync } from "node:fs";

const KERNELS = [0, 1, 2, 3];
// Short and many, so that whatever else the machine does falls on few.
const REPEATS = 99;

const [base, seed, rounds, ...modules] = process.argv.slice(2);
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

const times = probes.map(() => KERNELS.map(() => []));
const checksums = probes.map(() => []);
for (let repeat = -2; repeat < REPEATS; repeat++) {
  for (const kernel of KERNELS) {
    for (const [place, probe] of probes.entries()) {
      const started = process.hrtime.bigint();
      checksums[place][kernel] = probe.probe_kernel(kernel, Number(rounds)) >>> 0;
      if (repeat >= 0) times[place][kernel].push(Number(process.hrtime.bigint() - started) / Number(rounds));
    }
  }
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
console.log(JSON.stringify(probes.map((probe, place) => KERNELS.map((kernel) => ({
  nanoseconds: median(times[place][kernel]), units: probe.probe_kernel_units(kernel), checksum: checksums[place][kernel],
}))))); // prettier-ignore
