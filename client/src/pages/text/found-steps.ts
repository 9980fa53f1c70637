/** Looks for a text in all that was logged under a tag, the newest first. */
import { useEffect, useState } from 'react';
import { type BlobRows, refOf } from '../../blobs/blobs.js';
import { useBlobs } from '../../blobs/use-blobs.js';

export interface FoundSteps {
  /** Ascending. */
  readonly steps: readonly number[];
  /** How many texts have been looked at, of how many. */
  readonly searched: number;
  readonly of: number;
}

/** Of one tag; older texts are not looked at. */
const MOST_SEARCHED = 1_000;
/** Texts that are asked for at a time. */
const AT_ONCE = 16;

export function useFoundSteps(rows: BlobRows | undefined, search: string): FoundSteps | undefined {
  const blobs = useBlobs();
  const [found, setFound] = useState<FoundSteps>();
  useEffect(() => {
    setFound(undefined);
    if (rows === undefined || search === '') return;
    const owner = {};
    const small = search.toLowerCase();
    const first = Math.max(0, rows.count - MOST_SEARCHED);
    const steps = new Set<number>();
    let next = rows.count - 1;
    const look = (): void => {
      for (; next >= first; next--) {
        const ref = refOf(rows, next);
        const loaded = ref === undefined ? undefined : blobs.event(ref);
        if (ref === undefined || loaded === undefined) break;
        const strings = 'decoded' in loaded && loaded.decoded.kind === 'text' ? loaded.decoded.strings : [];
        if (strings.some((text) => text.toLowerCase().includes(small))) steps.add(ref.at.step);
      }
      const wanted = Array.from({ length: AT_ONCE }, (_, at) => next - at).filter((row) => row >= first);
      blobs.wish(
        owner,
        wanted.flatMap((row) => refOf(rows, row) ?? []),
      );
      const searched = rows.count - 1 - next;
      setFound({ steps: [...steps].sort((a, b) => a - b), searched, of: rows.count - first });
    };
    look();
    const stop = blobs.version.subscribe(look);
    return () => {
      stop();
      blobs.wish(owner, []);
    };
  }, [blobs, rows, search]);
  return found;
}
