/** What the text page shows, as its address says it. */
import { createPageAddress, type PageAddress } from '../../ui/page-address.js';

export const MODES = ['markdown', 'raw', 'diff'] as const;
export type Mode = (typeof MODES)[number];

export interface TextView {
  /** A regular expression over tags, or a part of them. */
  readonly tags: string;
  /** What is looked for in the texts. */
  readonly search: string;
  /** Undefined: the newest, and each one that comes. */
  readonly step: number | undefined;
  readonly mode: Mode;
  /** The step that a diff starts from; undefined: the one before the shown step. */
  readonly from: number | undefined;
}

const LONGEST_TEXT = 500;

export const USUAL_VIEW: TextView = {
  tags: '',
  search: '',
  step: undefined,
  mode: 'markdown',
  from: undefined,
};

function stepIn(text: string | null): number | undefined {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text) + 0;
  return Number.isSafeInteger(value) ? value : undefined;
}

export function parseView(query: URLSearchParams): TextView {
  return {
    tags: (query.get('tags') ?? '').slice(0, LONGEST_TEXT),
    search: (query.get('search') ?? '').slice(0, LONGEST_TEXT),
    step: stepIn(query.get('step')),
    mode: MODES.find((one) => one === query.get('mode')) ?? 'markdown',
    from: stepIn(query.get('from')),
  };
}

export function formatView({ tags, search, step, mode, from }: TextView): URLSearchParams {
  const query = new URLSearchParams();
  if (tags !== '') query.set('tags', tags);
  if (search !== '') query.set('search', search);
  if (step !== undefined) query.set('step', String(step));
  if (mode !== 'markdown') query.set('mode', mode);
  if (from !== undefined) query.set('from', String(from));
  return query;
}

export function createTextAddress(): PageAddress<TextView> {
  return createPageAddress({ id: 'text', parse: parseView, format: formatView });
}
