/** How the layers of a net refer to what is in the log. */
import type { RecordKind } from '@convscope/shared/run-record.js';

export interface TagRef {
  readonly tag: string;
  readonly kind: RecordKind;
}

/** Which tags the log has. */
export interface TagLookup {
  has(tag: string, kind: RecordKind): boolean;
}
