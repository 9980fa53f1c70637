/**
 * Keeps what waits for the writer's thread within bounds. When the thread lags, the newest maps of a tag take the
 * place of older ones that still wait: what a viewer wants is now, and training never waits.
 */
import type { MapsToLog } from './run-writer.js';

export interface WaitingParts {
  readonly maps: MapsToLog;
  /** When they were captured. */
  readonly wallTime: number;
}

export interface MapQueue {
  add(entry: WaitingParts): void;
  /** The thread is done with the oldest that it was given. */
  done(): void;
  /** Gives the thread everything, however much: nothing more will come. */
  flush(): void;
  /** How many were given up. */
  dropped(): number;
}

/** @param mostBytes of values that the thread may hold unfinished; one stack of maps may always go. */
export function createMapQueue(mostBytes: number, post: (entry: WaitingParts) => void): MapQueue {
  /** Byte sizes of what the thread holds, oldest first: posting empties the array that is posted. */
  const held: number[] = [];
  let heldBytes = 0;
  const waiting = new Map<string, WaitingParts>();
  let dropped = 0;

  function hand(entry: WaitingParts): void {
    const bytes = entry.maps.values.byteLength;
    held.push(bytes);
    heldBytes += bytes;
    post(entry);
  }

  function handWhatFits(): void {
    for (const [tag, entry] of waiting) {
      if (held.length > 0 && heldBytes + entry.maps.values.byteLength > mostBytes) return;
      waiting.delete(tag);
      hand(entry);
    }
  }

  return {
    add(entry) {
      const { tag } = entry.maps;
      // Taken out first, so that it goes to the end of the line.
      if (waiting.delete(tag)) dropped++;
      waiting.set(tag, entry);
      handWhatFits();
    },
    done() {
      heldBytes -= held.shift() ?? 0;
      handWhatFits();
    },
    flush() {
      for (const entry of waiting.values()) hand(entry);
      waiting.clear();
    },
    dropped: () => dropped,
  };
}
