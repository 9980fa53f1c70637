import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunWriter } from '../writer/run-writer.js';

/**
 * A writer that also saves the trainer's float32 values of every map, little-endian NHWC, in
 * `<directory>/<layer>-<role>-<step>.f32`. Tests use it to compare the page's pixels with the trainer's numbers without
 * any of the code in between. CONVSCOPE_DUMP_MAPS names the directory.
 */
export function dumpingWriter(writer: RunWriter, directory: string): RunWriter {
  mkdirSync(directory, { recursive: true });
  return {
    ...writer,
    addMaps(maps) {
      const { values, layer, role, step } = maps;
      writeFileSync(
        join(directory, `${layer}-${role}-${step}.f32`),
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      );
      writer.addMaps(maps);
    },
  };
}
