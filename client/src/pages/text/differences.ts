/** What differs between two texts, line by line, or word by word where each is one line. */
import { diffLines, diffWordsWithSpace } from 'diff';

export interface Difference {
  readonly text: string;
  readonly is: 'same' | 'added' | 'removed';
}

const LIMIT_MS = 1_000;

/** Undefined if comparing them takes too long. */
export function differences(before: string, after: string): readonly Difference[] | undefined {
  const options = { timeout: LIMIT_MS };
  const hasLines = before.trim().includes('\n') || after.trim().includes('\n');
  const changes = hasLines ? diffLines(before, after, options) : diffWordsWithSpace(before, after, options);
  return changes?.map(({ value, added, removed }) => ({
    text: value,
    is: added ? 'added' : removed ? 'removed' : 'same',
  }));
}
