import type { Column, RunSet } from '../../log-index/run.js';
import { API_VERSION } from '../../protocol/addresses.js';
import type { ListedRun, ListedTag, Listing } from '../../protocol/listing.js';

/** Lists what every run has. Between two runs other work may go on. */
export function* listTags(set: RunSet): Generator<void, Listing> {
  const tags: ListedTag[] = [];
  /** By kind and plugin, and by tag. */
  const numbers = new Map<string, Map<string, number>>();
  const sets: number[][] = [];
  const setNumbers = new Map<string, number>();
  const runs: ListedRun[] = [];

  const numberOf = ({ tag, kind, plugin }: Column): number => {
    const kinds = plugin === '' ? kind : `${kind} ${plugin}`;
    let ofKind = numbers.get(kinds);
    if (!ofKind) {
      ofKind = new Map();
      numbers.set(kinds, ofKind);
    }
    let number = ofKind.get(tag);
    if (number === undefined) {
      number = tags.push({ tag, kind, ...(plugin === '' ? {} : { plugin }) }) - 1;
      ofKind.set(tag, number);
    }
    return number;
  };

  for (const run of set.runs.values()) {
    const set: number[] = [];
    const rows: number[] = [];
    let [nextIndex, lastRows] = [-1, -1];
    for (const column of run.columns()) {
      const index = numberOf(column);
      if (index === nextIndex) set[set.length - 1]!++;
      else set.push(index, 1);
      if (column.rows === lastRows) rows[rows.length - 1]!++;
      else rows.push(column.rows, 1);
      nextIndex = index + 1;
      lastRows = column.rows;
    }
    const key = set.join();
    let number = setNumbers.get(key);
    if (number === undefined) {
      number = sets.push(set) - 1;
      setNumbers.set(key, number);
    }
    runs.push({ run: run.id, generation: run.generation, set: number, rows });
    yield;
  }
  return { version: API_VERSION, tags, sets, runs };
}
