// Compiles filter-gradient.as into compiled.ts. --check and --verify: see machine/generate-wasm.mjs.
import { readFileSync } from 'node:fs';
import { compileWasm, generate } from '../../machine/generate-wasm.mjs';

const source = readFileSync(new URL('./filter-gradient.as', import.meta.url), 'utf8');
const OPTIONS = [
  ...['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub'],
  ...['--importMemory', '--initialMemory', '0'],
];
/** For the backend with threads, whose memory is shared. */
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

await generate({
  file: new URL('./compiled.ts', import.meta.url),
  script: 'server/src/tfjs/kernels/compile.mjs',
  from: ['filter-gradient.as'],
  inputs: [OPTIONS, SHARED, source],
  code: async () => `export const FILTER_GRADIENT_WASM = {
  unshared:
    '${await compileWasm(source, OPTIONS)}',
  shared:
    '${await compileWasm(source, [...OPTIONS, ...SHARED])}',
};
`,
});
