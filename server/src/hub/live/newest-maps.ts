import type { Column, Run } from '@convscope/shared/log-index/run.js';
import { readBlobRow } from '@convscope/shared/protocol/rows.js';
import type { Logdir } from '../../logdir/logdir.js';

/** A larger map is not pushed: viewers have its row and fetch it over HTTP, which sends it in pieces. */
export const PUSHED_BYTES = 16 * 1024 * 1024;
/** Bytes of maps that are kept for viewers that will ask for them soon, for all viewers together. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** Maps that are read from files at a time. */
const READS = 4;

export interface WaitingMap {
  readonly run: Run;
  readonly generation: number;
  readonly column: Column;
  readonly row: number;
}

/** The bytes of the newest maps, held once for all viewers, and read from the file again when they are not held any more. */
export class NewestMaps {
  readonly #logdir: Logdir;
  /** The newest row of each column that is held; the one that came or was read longest ago first. */
  readonly #kept = new Map<Column, { readonly row: number; readonly bytes: Uint8Array }>();
  #keptBytes = 0;
  readonly #reading = new Set<Column>();

  constructor(logdir: Logdir) {
    this.#logdir = logdir;
  }

  keep(column: Column, row: number, bytes: Uint8Array): void {
    this.#drop(column);
    this.#kept.set(column, { row, bytes });
    this.#keptBytes += bytes.length;
    for (const [oldest] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) break;
      this.#drop(oldest);
    }
  }

  /** Null when its bytes are not held. */
  bytes({ column, row }: WaitingMap): Uint8Array | null {
    const kept = this.#kept.get(column);
    return kept?.row === row ? kept.bytes : null;
  }

  /**
   * Reads a map from its file. Returns null when it is being read already or too many are, else whether it is held now:
   * it is not when the file was cut or replaced. HTTP says what is wrong then.
   */
  read({ run, column, row }: WaitingMap): Promise<boolean> | null {
    if (this.#reading.has(column) || this.#reading.size >= READS) return null;
    this.#reading.add(column);
    return this.#read(run, column, row).finally(() => this.#reading.delete(column));
  }

  clear(): void {
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  async #read(run: Run, column: Column, row: number): Promise<boolean> {
    const index = column.bytes(row, row + 1);
    const view = new DataView(index.buffer, index.byteOffset, index.length);
    const { file, offset, length } = readBlobRow(view, 0);
    if (length > PUSHED_BYTES) return false;
    const parts: Uint8Array[] = [];
    try {
      const pieces = await this.#logdir.event(run.id, file, offset, length);
      if (!pieces) return false;
      for await (const piece of pieces) parts.push(piece);
    } catch {
      return false;
    }
    const newer = this.#kept.get(column);
    if (newer === undefined || newer.row < row) this.keep(column, row, Buffer.concat(parts));
    return true;
  }

  #drop(column: Column): void {
    const kept = this.#kept.get(column);
    if (!kept) return;
    this.#kept.delete(column);
    this.#keptBytes -= kept.bytes.length;
  }
}
