/** What the text page shows, as its address says it. */
import { type ChosenRuns, createRunsAddress, RUN_CHOICE, type ViewOfRuns } from '../../runs/run-choice.js';
import type { PageAddress } from '../../ui/page-address.js';
import { createViewFormat, field, optional } from '../../ui/view-format.js';
import { oneOf, STEP, text } from '../../ui/view-kinds.js';

export const MODES = ['markdown', 'raw', 'diff'] as const;
export type Mode = (typeof MODES)[number];

export interface TextView extends ViewOfRuns {
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

export const TEXT_VIEW = createViewFormat<TextView>({
  tags: field('tags', text(), '', 'all tags are shown'),
  search: field('search', text(), '', 'nothing is looked for'),
  step: optional('step', STEP, 'the newest is shown'),
  mode: field('mode', oneOf(MODES), 'markdown', 'it is markdown'),
  from: optional('from', STEP, 'the step before is compared'),
  runs: RUN_CHOICE,
});

export function createTextAddress(runs: ChosenRuns): PageAddress<TextView> {
  return createRunsAddress(runs, { id: 'text', format: TEXT_VIEW });
}
