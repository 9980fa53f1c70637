/**
 * Bounds the memory of maps on their way to the writer's thread. It is kept on the sending side because buffers that were
 * transferred to a thread that hangs, on a slow disk say, cannot be given up. The order of writing is not decided here but
 * by the thread's queue (part-queue.ts).
 */
import type { MapsToLog } from './run-writer.js';

export interface CapturedMaps {
  readonly maps: MapsToLog;
  /** Seconds since the epoch, when they were captured. */
  readonly wallTime: number;
}

export interface MapBacklog {
  /** Posts the maps, or keeps them until there is room. The newest maps of a tag replace older ones that are kept. */
  add(entry: CapturedMaps): void;
  /** The thread has written or given up the oldest maps that were posted. */
  done(): void;
  /** Posts everything that is kept, regardless of the limit. */
  flush(): void;
  /** How many maps were replaced by newer ones. */
  dropped(): number;
}

/** @param mostBytes of values that the thread may hold. Maps that are larger are posted when it holds nothing. */
export function createMapBacklog(mostBytes: number, post: (entry: CapturedMaps) => void): MapBacklog {
  /** Sizes of what the thread holds, oldest first. Noted here, since a transferred array has no length any more. */
  const posted: number[] = [];
  let postedBytes = 0;
  const kept = new Map<string, CapturedMaps>();
  let dropped = 0;

  function postNow(entry: CapturedMaps): void {
    const bytes = entry.maps.values.byteLength;
    posted.push(bytes);
    postedBytes += bytes;
    post(entry);
  }

  function postWhatFits(): void {
    for (const [tag, entry] of kept) {
      if (posted.length > 0 && postedBytes + entry.maps.values.byteLength > mostBytes) return;
      kept.delete(tag);
      postNow(entry);
    }
  }

  return {
    add(entry) {
      const { tag } = entry.maps;
      // Deleting first moves the tag to the end of the map's order.
      if (kept.delete(tag)) dropped++;
      kept.set(tag, entry);
      postWhatFits();
    },
    done() {
      postedBytes -= posted.shift() ?? 0;
      postWhatFits();
    },
    flush() {
      for (const entry of kept.values()) postNow(entry);
      kept.clear();
    },
    dropped: () => dropped,
  };
}
