/** Hooks of the blobs for components. */
import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { useRuns } from '../runs/runs-context.js';
import { useStore, useStoreList } from '../ui/store.js';
import { useSameList } from '../ui/use-same-list.js';
import { useWaiting } from '../ui/use-waiting.js';
import { type BlobRows, type Blobs, type BlobTag, blobsOf } from './blobs.js';
import type { Loaded } from './capture-loader.js';
import { type CaptureRef, captureKey } from './capture-ref.js';

export function useBlobs(): Blobs {
  return blobsOf(useRuns());
}

/** Holds the data of runs for as long as the component is there. */
export function useHeldRuns(page: string, runs: readonly string[]): void {
  const blobs = useBlobs();
  const names = useSameList(runs);
  useEffect(() => blobs.hold(page, names), [blobs, page, names]);
  useEffect(() => () => blobs.hold(page, []), [blobs, page]);
}

/** The tags of each run that are not scalars, in the order of `runs`; undefined while they are not known. */
export function useBlobTags(runs: readonly string[]): readonly (readonly TagSummary[] | undefined)[] {
  const blobs = useBlobs();
  return useStoreList(blobs.version, () => runs.map((run) => blobs.tags(run)));
}

/** Whether the logs of these runs were read to their ends, and their tags are known. */
export function useHasAllTags(runs: readonly string[]): boolean {
  const blobs = useBlobs();
  return useStore(blobs.version, () => blobs.hasAllTags(runs));
}

/** The index of a tag, which grows with the log. Undefined while the run is not known to have the tag. */
export function useBlobRows({ run, tag, kind }: BlobTag): BlobRows | undefined {
  const blobs = useBlobs();
  useEffect(() => blobs.open({ run, tag, kind }), [blobs, run, tag, kind]);
  const rows = useStore(blobs.version, () => blobs.rows({ run, tag, kind }));
  // An index that has been asked for is empty at first.
  useWaiting(rows?.count === 0 && !rows.isComplete);
  return rows;
}

/** An event, decoded or why it cannot be; undefined while it is on its way, and without `ref`. */
export function useBlob(ref: CaptureRef | undefined): Loaded | undefined {
  const blobs = useBlobs();
  const key = ref === undefined ? undefined : captureKey(ref);
  // What is shown stays, even if the cache has dropped it to make room.
  const last = useRef<{ readonly key: string; readonly loaded: Loaded }>(undefined);
  const newest = useRef(ref);
  newest.current = ref;
  const snapshot = useCallback((): Loaded | undefined => {
    if (newest.current === undefined || key === undefined) return undefined;
    const loaded = blobs.event(newest.current);
    if (loaded !== undefined) last.current = { key, loaded };
    return last.current?.key === key ? last.current.loaded : undefined;
  }, [blobs, key]);
  const loaded = useSyncExternalStore(blobs.version.subscribe, snapshot, snapshot);
  // A wish for what could not be had keeps its error, and brings it when the hub is back.
  const isWanted = loaded === undefined || 'error' in loaded;
  useEffect(() => {
    if (!isWanted || newest.current === undefined || key === undefined) return;
    const owner = {};
    blobs.wish(owner, [newest.current]);
    return () => blobs.wish(owner, []);
  }, [blobs, key, isWanted]);
  return loaded;
}
