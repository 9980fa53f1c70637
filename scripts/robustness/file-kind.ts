/** Kinds that are files, and the frame that most of them share. */
import { fileVersion, scalars } from './hostile-events.js';

export interface FileKind {
  readonly name: string;
  /** Sizes of `npm test` and of --full, in MB unless the kind says otherwise. */
  readonly small: number;
  readonly full: number;
  /** What is written, piece by piece. */
  readonly parts: (size: number) => Iterable<Uint8Array>;
  /** Copies of the file, each in a run of its own. */
  readonly runs?: (size: number) => number;
  /** The file is made this long, without bytes on the disk. */
  readonly sparseBytes?: number;
  readonly expect?: {
    /** A gap is named. */
    readonly gap?: true;
    /** What its captures say about their channels can be asked for. */
    readonly history?: { readonly tag: string; readonly kind: 'channels' | 'tensor' };
    /** So many tags are listed. */
    readonly tags?: number;
    /** So many points of this tag are there, in spite of the damage. */
    readonly points?: { readonly tag: string; readonly rows: number | ((size: number) => number) };
  };
}

const GOOD_POINTS = { tag: 'after', rows: 10 } as const;

/** A kind whose records lie between the file's version and good points, which must be there. */
export interface AmidGoodPoints extends Omit<FileKind, 'parts'> {
  readonly records: (size: number) => Iterable<Uint8Array>;
}

export function amidGoodPoints({ records, ...kind }: AmidGoodPoints): FileKind {
  return {
    ...kind,
    *parts(size) {
      yield fileVersion();
      yield* records(size);
      yield scalars(GOOD_POINTS.tag, 0, GOOD_POINTS.rows);
    },
    expect: { ...kind.expect, points: GOOD_POINTS },
  };
}
