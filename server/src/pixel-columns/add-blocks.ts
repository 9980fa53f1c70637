import { FOUND_NUMBERS } from '@convscope/shared/answers/series/pixel-columns.js';
import type { AddBlocks } from '@convscope/shared/answers/series/read-series.js';
import { BLOCK_ROWS } from '@convscope/shared/log-index/scalar-blocks.js';
import { Instance, Module, type WasmMemory } from '../machine/web-assembly.js';
import { COLUMNS_WASM } from './wasm-code.js';

interface Exports {
  readonly memory: WasmMemory;
  readonly INPUT: { readonly value: number };
  readonly INPUT_BYTES: { readonly value: number };
  readonly OFFSETS: { readonly value: number };
  readonly MOST_BLOCKS: { readonly value: number };
  readonly COLUMNS: { readonly value: number };
  open(from: number, to: number, width: number, perX: number, origin: number): void;
  find(blocks: number, isStep: number): number;
  foundColumns(): number;
}

let loaded: ReturnType<typeof load> | undefined;

function load() {
  const { exports } = new Instance(new Module(Buffer.from(COLUMNS_WASM, 'base64')), {});
  const code = exports as unknown as Exports;
  const { buffer } = code.memory;
  return {
    code,
    input: new Uint8Array(buffer, code.INPUT.value, code.INPUT_BYTES.value),
    offsets: new Uint32Array(buffer, code.OFFSETS.value, code.MOST_BLOCKS.value),
    found: new Float64Array(buffer, code.COLUMNS.value, FOUND_NUMBERS * BLOCK_ROWS * code.MOST_BLOCKS.value),
  };
}

/**
 * Adds blocks in WebAssembly, which does not decode what does not show, and is as fast at the first request as later: JavaScript
 * takes twice as long until it is compiled. What it finds is added at once, so that requests in between do not disturb it.
 */
export const addBlocks: AddBlocks = (columns, scalars, { part, origin }, row, to) => {
  loaded ??= load();
  const { code, input, offsets, found } = loaded;
  const { from, to: end, width } = columns.range;
  const whole = Math.floor((to - row) / BLOCK_ROWS);
  if (whole === 0) return 0;
  const stretch = scalars.blocks(row, input.length, offsets.subarray(0, whole));
  if (stretch === null) return 0;
  input.set(stretch.bytes);
  code.open(from, end, width, columns.perX, origin);
  const taken = code.find(stretch.count, part === 'step' ? 1 : 0);
  columns.addFound(found.subarray(0, FOUND_NUMBERS * code.foundColumns()));
  return taken * BLOCK_ROWS;
};
