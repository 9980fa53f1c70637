/** What the hub pushes: captures on their way through the decoder, those that were missed, and the credits owed. */
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { afterPaint } from '../../../ui/animation-frame.js';
import { createStore } from '../../../ui/store.js';

export class Pushes {
  /** Captures of the followed maps that were not pushed, because the page had not drawn the one before. */
  readonly skipped = createStore(0);
  /** Pushed, and not decoded yet: the tag, by the capture's key. */
  readonly #decoding = new Map<string, string>();
  /** Tags whose push has been decoded: they get a credit once it is drawn. */
  readonly #owed = new Set<string>();
  /** The last row that was pushed, by tag. */
  readonly #last = new Map<string, number>();

  /** A push has come. `isFollowed`: it is of the maps that are shown as they come. */
  came({ tag, row }: Pick<LiveBlob, 'tag' | 'row'>, isFollowed: boolean): void {
    const last = this.#last.get(tag);
    if (isFollowed && last !== undefined && row > last + 1)
      this.skipped.set(this.skipped.get() + row - last - 1);
    this.#last.set(tag, row);
  }

  decoding(key: string, tag: string): void {
    this.#decoding.set(key, tag);
  }

  /** A capture has been decoded, or cannot be. Gives its tag when it had been pushed: a credit is owed then. */
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

  /** Whether a push of the tag is being decoded, but for what `except` names. */
  isDecoding(tag: string, except: (key: string) => boolean): boolean {
    return [...this.#decoding].some(([key, one]) => one === tag && !except(key));
  }

  /** The first row of a tag that the hub will push: after the last pushed one, or after what was there at first. */
  comingFrom(data: RunData, tag: string): number {
    let last = this.#last.get(tag);
    if (last === undefined) {
      last = ((data.blob(tag, 'channels') ?? data.blob(tag, 'tensor'))?.rows ?? 0) - 1;
      this.#last.set(tag, last);
    }
    return last + 1;
  }

  /** Once the frame has been painted the hub may send the next captures. */
  payCredits(source: Source, run: string): void {
    if (this.#owed.size === 0) return;
    const owed = [...this.#owed];
    this.#owed.clear();
    afterPaint(() => {
      for (const tag of owed) source.credit(run, tag);
    });
  }

  forget(): void {
    this.#decoding.clear();
    this.#owed.clear();
    this.#last.clear();
    this.skipped.set(0);
  }
}
