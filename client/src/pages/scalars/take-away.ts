/** Files of the numbers of a card, written by the hub with every digit. */
import { API } from '@convscope/shared/protocol/addresses.js';
import type { XAxis } from '@convscope/shared/protocol/series.js';
import type { Part } from '../../series/pixel-columns.js';
import type { Source } from '../../sources/source.js';

export interface NumbersWanted {
  readonly runs: readonly string[];
  readonly tags: readonly string[];
  readonly format: 'csv' | 'json';
  readonly x: XAxis;
  /** Only the points of this part. */
  readonly part: Part | undefined;
}

/** Node refuses a request with longer headers than 16 kB. */
const LONGEST_ADDRESS = 8000;

export function queryOf({ runs, tags, format, x, part }: NumbersWanted): URLSearchParams {
  const query = new URLSearchParams([
    ...runs.map((run) => ['run', run]),
    ...tags.map((tag) => ['tag', tag]),
    ['format', format],
    ['x', x],
  ]);
  if (part !== undefined) {
    query.set('from', String(part.first));
    query.set('to', String(part.last));
  }
  return query;
}

/** A name that every file system takes. */
export function fileName(tags: readonly string[], end: string): string {
  const name = tags
    .join('+')
    .replace(/[^\p{L}\p{N}.+-]+/gu, '_')
    .replace(/^[._]+/, '');
  return `${name.slice(0, 100) || 'scalars'}.${end}`;
}

function clickOn(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  clickOn(url, name);
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Downloads the points. @throws an error with the source's sentence */
export async function saveNumbers(source: Source, wanted: NumbersWanted): Promise<void> {
  const name = fileName(wanted.tags, wanted.format);
  const base = new URL('.', document.baseURI);
  const address = new URL(`${API.series}?${queryOf(wanted)}`, base);
  if (source.origin === 'hub' && address.href.length <= LONGEST_ADDRESS) {
    clickOn(address.href, name);
    return;
  }
  const { runs, tags, format, x, part } = wanted;
  const request = {
    ...{ runs: [...runs], tags: [...tags], x },
    ...(part === undefined ? {} : { from: part.first, to: part.last }),
  };
  saveBlob(await source.numbers(request, format, new AbortController().signal), name);
}
