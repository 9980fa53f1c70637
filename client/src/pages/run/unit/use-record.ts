/** Records that are shown beside the frame, read one by one. */
import type { RecordKind } from '@convscope/shared/run-record.js';
import { refOf } from '../../../blobs/blobs.js';
import { useBlob, useBlobRows } from '../../../blobs/use-blobs.js';
import type { Decoded } from '../../../decode/decoded.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';

export interface RecordAt {
  /** Whether the log has the tag; undefined while that is not known. */
  readonly isLogged: boolean | undefined;
  /** The first and the last step of the tag. */
  readonly firstStep: number | undefined;
  readonly lastStep: number | undefined;
  /** Of the newest record at or before the step; undefined if there is none. */
  readonly step: number | undefined;
  /** Undefined while it is on its way. */
  readonly decoded: Decoded | undefined;
  readonly error: string | undefined;
}

/** The newest record of a tag at or before `step`. Read only while `isWanted`. */
export function useRecordAt(
  tag: string,
  kind: RecordKind,
  step: number | undefined,
  isWanted = true,
): RecordAt {
  const run = useStore(useRunPage().run, (one) => one?.run) ?? '';
  const isComplete = useStore(useRunPage().run, (one) => one?.isComplete === true);
  const rows = useBlobRows({ run, tag, kind });
  const row = step === undefined ? undefined : rows?.column.rowAt(step);
  const ref = rows === undefined ? undefined : refOf(rows, row);
  const loaded = useBlob(isWanted ? ref : undefined);
  return {
    isLogged: rows !== undefined && rows.count > 0 ? true : isComplete ? false : undefined,
    firstStep: rows?.column.firstStep,
    lastStep: rows?.column.lastStep,
    step: ref?.at.step,
    decoded: loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined,
    error: loaded !== undefined && 'error' in loaded ? loaded.error : undefined,
  };
}
