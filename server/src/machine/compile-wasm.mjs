// Compiles the AssemblyScript files into the wasm-code.ts beside them. --check and --verify: see generate-wasm.mjs.
import { readFileSync } from 'node:fs';
import { compileWasm, generate } from './generate-wasm.mjs';

/** By folder: the files, and how many pages of memory each needs. There are no more and no fewer. */
const FILES = {
  'logdir/bulk': { scan: 368, hash: 17 },
  'pixel-columns': { columns: 15 },
};
const PAGE_BYTES = 65536;
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub'];

const inFolder = (folder, name) => new URL(`../${folder}/${name}`, import.meta.url);

async function compiled(name, source, pages) {
  const memory = ['--initialMemory', String(pages), '--maximumMemory', String(pages)];
  const base64 = await compileWasm(source, [...OPTIONS, ...memory]);
  const imports = { env: { numberOf: () => 0, isScalar: () => 0 } };
  const { instance } = await WebAssembly.instantiate(Buffer.from(base64, 'base64'), imports);
  const needed = Math.ceil(instance.exports.MEMORY_BYTES.value / PAGE_BYTES);
  if (needed !== pages) throw new Error(`${name}.as needs ${needed} pages of memory.`);
  return base64;
}

for (const [folder, files] of Object.entries(FILES)) {
  const sources = Object.entries(files).map(([name, pages]) => ({
    name,
    pages,
    source: readFileSync(inFolder(folder, `${name}.as`), 'utf8'),
  }));
  await generate({
    file: inFolder(folder, 'wasm-code.ts'),
    script: 'server/src/machine/compile-wasm.mjs',
    from: sources.map(({ name }) => `${name}.as`),
    inputs: [OPTIONS, sources],
    async code() {
      const parts = [];
      for (const { name, source, pages } of sources)
        parts.push(
          `export const ${name.toUpperCase()}_WASM =\n  '${await compiled(name, source, pages)}';\n`,
        );
      return parts.join('\n');
    },
  });
}
