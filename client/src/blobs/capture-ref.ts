/** Which captures there are to load, and their names in caches. */
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import type { RecordKind } from '@convscope/shared/run-record.js';

export interface CaptureRef {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: RecordKind;
  /** The row in the tag's index. */
  readonly row: number;
  readonly at: BlobRow;
  /** The hub is about to push it: wait a moment before fetching it. */
  readonly coming?: boolean;
  /** It is not needed yet: what is needed goes first. */
  readonly ahead?: boolean;
  /** The maps of this probe are enough: those of the others need not be decoded. */
  readonly probe?: number | undefined;
}

export function captureKey(
  ref: Pick<CaptureRef, 'run' | 'generation' | 'tag' | 'row'> & { readonly kind: string },
): string {
  return `${ref.generation}\n${ref.row}\n${ref.kind}\n${ref.run.length}\n${ref.run}${ref.tag}`;
}

/** What a key says. Runs and tags have any characters, line breaks among them. */
export function readCaptureKey(
  key: string,
): Pick<CaptureRef, 'run' | 'generation' | 'tag'> & { readonly kind: string } {
  const [generation, row, kind, length] = key.split('\n', 4) as [string, string, string, string];
  const texts = key.slice(generation.length + row.length + kind.length + length.length + 4);
  return {
    generation: Number(generation),
    kind,
    run: texts.slice(0, Number(length)),
    tag: texts.slice(Number(length)),
  };
}
