// Compiles filter-gradient.as into compiled.ts. With --check: fails when compiled.ts is not what the source gives.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import asc from 'assemblyscript/asc';

const source = readFileSync(new URL('./filter-gradient.as', import.meta.url), 'utf8');

/** `shared`: for the backend with threads, whose memory is shared. */
async function compile(shared) {
  let binary;
  const memory = shared ? ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'] : [];
  const { error, stderr } = await asc.main(
    [
      'kernel.ts',
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--noAssert',
      '--enable',
      'simd',
      '--runtime',
      'stub',
    ].concat(['--importMemory', '--initialMemory', '0'], memory),
    {
      readFile: (name) => (name === 'kernel.ts' ? source : null),
      writeFile: (_, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

const text = `// Made by compile.mjs from filter-gradient.as; not to be edited.
export const FILTER_GRADIENT_WASM = {
  unshared:
    '${await compile(false)}',
  shared:
    '${await compile(true)}',
};
`;
const target = new URL('./compiled.ts', import.meta.url);
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(
    'compiled.ts is not what filter-gradient.as compiles to: run node server/src/tfjs/kernels/compile.mjs.',
  );
  process.exitCode = 1;
}
