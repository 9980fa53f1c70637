import type { RecordKind, Step } from '@convscope/shared/run-record.js';

/** Which records are printed: those that match everything that is given. */
export interface DumpFilter {
  /** Tags, in which `*` stands for any characters. */
  readonly tags?: readonly string[] | undefined;
  /** Kinds of records, with `gap` for damage. */
  readonly kinds?: readonly string[] | undefined;
  /** The first and the last step. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The kinds of what is printed. */
export const DUMPED_KINDS: readonly RecordKind[] = [
  ...(['scalar', 'channels', 'image', 'histogram', 'text', 'hparams', 'tensor'] as const),
  ...(['run-start', 'run-end', 'other', 'gap'] as const),
];

/** A table for people, one JSON object per record, or CSV. */
export const DUMP_FORMATS = ['table', 'json', 'csv'] as const;
export type DumpFormat = (typeof DUMP_FORMATS)[number];

interface Described {
  readonly tag: string;
  readonly kind: string;
}

/** Says of a value whether it is printed, before it is decoded. */
export function passesFilter(filter: DumpFilter): (value: Described, step: Step) => boolean {
  const tags = filter.tags?.map(patternOf);
  const { kinds, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = filter;
  return ({ tag, kind }, step) =>
    step >= from &&
    step <= to &&
    (kinds?.includes(kind) ?? true) &&
    (tags?.some((pattern) => pattern.test(tag)) ?? true);
}

/** Whether records may be left out. */
export function isFiltered({ tags, kinds, from, to }: DumpFilter): boolean {
  return [tags, kinds, from, to].some((given) => given !== undefined);
}

/** Damage has no tag, and its place among the steps is not known: it is printed unless the kinds leave it out. */
export function passesGaps({ kinds }: DumpFilter): boolean {
  return kinds?.includes('gap') ?? true;
}

function patternOf(tag: string): RegExp {
  const parts = tag.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|/-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
