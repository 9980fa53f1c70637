import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { useEffect, useState } from 'react';
import { type BlobRows, type BlobTag, refOf } from '../../blobs/blobs.js';
import { cardKey } from '../../blobs/card-steps.js';
import { useBlob, useBlobRows } from '../../blobs/use-blobs.js';
import type { Decoded } from '../../decode/decoded.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { useOther, useOtherView } from './other-state.js';

export interface ShownRecord {
  readonly at: BlobRow;
  readonly decoded?: Decoded;
  /** Why it cannot be shown. */
  readonly error?: string;
}

/** The newest record at or before the step of the page. What is shown stays until the next has come. */
export function useRecord(of: BlobTag): {
  readonly rows: BlobRows | undefined;
  readonly shown?: ShownRecord;
} {
  const state = useOther();
  const { step } = useOtherView();
  const rows = useBlobRows(of);
  const key = cardKey(of.run, `${of.kind}\n${of.tag}`);
  useEffect(() => state.cards.offer(key, rows), [state.cards, key, rows]);
  useEffect(() => () => state.cards.offer(key, undefined), [state.cards, key]);
  const ref =
    rows === undefined ? undefined : refOf(rows, rows.column.rowAt(step ?? Number.POSITIVE_INFINITY));
  const loaded = useBlob(ref);
  const at = ref?.at;
  const [shown, setShown] = useState<ShownRecord>();
  useEffect(() => {
    if (at !== undefined && loaded !== undefined) setShown({ at, ...loaded });
  }, [at, loaded]);
  useWaiting(rows === undefined || (at !== undefined && shown?.at !== at));
  return at === undefined || shown === undefined ? { rows } : { rows, shown };
}
