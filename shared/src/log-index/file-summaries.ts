import { type FileSummary, MOST_FILES } from '../protocol/live.js';

/** What the details of a run say of its files, which are in the order in which they are read. */
export function fileSummaries(files: readonly { readonly name: string; readonly size: number }[]): {
  readonly files: readonly FileSummary[];
  readonly moreFiles?: number;
} {
  const more = files.length - MOST_FILES;
  return {
    files: files.slice(-MOST_FILES).map(({ name, size }) => ({ file: name, bytes: size })),
    ...(more > 0 ? { moreFiles: more } : {}),
  };
}
