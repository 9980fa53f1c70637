/** Keeps track of what the hub pushes: captures being decoded, captures that were skipped, and credits to give back. */
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { createStore } from '../../../ui/store.js';

export class Pushes {
  /** How many captures of the followed maps were not pushed, because the page had not drawn the one before. */
  readonly skipped = createStore(0);
  /** Tags of pushed captures that are being decoded, by key. */
  readonly #decoding = new Map<string, string>();
  /** Tags whose push has been decoded, and for which a credit is owed. */
  readonly #owed = new Set<string>();
  /** The last row that was pushed, by tag. */
  readonly #last = new Map<string, number>();

  /** Call for each push. `isFollowed`: it is of the maps that are shown as they arrive. */
  came({ tag, row }: Pick<LiveBlob, 'tag' | 'row'>, isFollowed: boolean): void {
    const last = this.#last.get(tag);
    if (isFollowed && last !== undefined && row > last + 1)
      this.skipped.set(this.skipped.get() + row - last - 1);
    this.#last.set(tag, row);
  }

  decoding(key: string, tag: string): void {
    this.#decoding.set(key, tag);
  }

  /** Call when a capture has been decoded or has failed. Returns its tag if it was pushed: a credit is owed then. */
  decoded(key: string): string | undefined {
    const tag = this.#decoding.get(key);
    if (tag !== undefined) {
      this.#decoding.delete(key);
      this.#owed.add(tag);
    }
    return tag;
  }

  owe(tag: string): void {
    this.#owed.add(tag);
  }

  /** Whether a push of the tag is being decoded, apart from captures for which `except` is true. */
  isDecoding(tag: string, except: (key: string) => boolean): boolean {
    return [...this.#decoding].some(([key, one]) => one === tag && !except(key));
  }

  /** The first row of a tag that the hub will push: the one after the last push, or after the rows known at first. */
  comingFrom(data: RunData, tag: string): number {
    let last = this.#last.get(tag);
    if (last === undefined) {
      last = ((data.blob(tag, 'channels') ?? data.blob(tag, 'tensor'))?.rows ?? 0) - 1;
      this.#last.set(tag, last);
    }
    return last + 1;
  }

  /** Tells the hub that it may push the next captures. */
  payCredits(source: Source, run: string): void {
    for (const tag of this.#owed) source.credit(run, tag);
    this.#owed.clear();
  }

  forget(): void {
    this.#decoding.clear();
    this.#owed.clear();
    this.#last.clear();
    this.skipped.set(0);
  }
}
