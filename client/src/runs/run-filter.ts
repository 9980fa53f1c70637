import { messageOf } from '@convscope/shared/message-of.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunConfig } from '@convscope/shared/run-description.js';

export interface FilteredRuns {
  readonly shown: readonly RunSummary[];
  /** Why the filter cannot be used; all runs are shown then. */
  readonly problem: string | undefined;
}

const COMPARISON = /^\s*([\w./-]+)\s*(<=|>=|!=|=|<|>)\s*(\S+)\s*$/;

function holds(value: unknown, operator: string, wanted: string): boolean {
  if (value === undefined) return false;
  const [a, b] = [Number(value), Number(wanted)];
  const numeric = Number.isFinite(a) && Number.isFinite(b);
  switch (operator) {
    case '=':
      return numeric ? a === b : String(value) === wanted;
    case '!=':
      return numeric ? a !== b : String(value) !== wanted;
    case '<':
      return numeric && a < b;
    case '>':
      return numeric && a > b;
    case '<=':
      return numeric && a <= b;
    default:
      return numeric && a >= b;
  }
}

/**
 * Filters runs by a regular expression over their names, or by a comparison such as `loss<0.5`. A comparison may use
 * `loss`, `step`, `state` and the configuration of runs that have been opened.
 */
export function filterRuns(
  runs: readonly RunSummary[],
  filter: string,
  configOf: (run: string) => RunConfig | undefined,
): FilteredRuns {
  const text = filter.trim();
  if (text === '') return { shown: runs, problem: undefined };
  const [, name, operator, wanted] = COMPARISON.exec(text) ?? [];
  if (name !== undefined && operator !== undefined && wanted !== undefined) {
    const shown = runs.filter((run) => {
      const known: Record<string, unknown> = {
        ...configOf(run.run),
        loss: run.loss,
        step: run.lastStep,
        state: run.state,
      };
      return holds(known[name], operator, wanted);
    });
    return { shown, problem: undefined };
  }
  try {
    const pattern = new RegExp(text, 'i');
    return { shown: runs.filter(({ run }) => pattern.test(run)), problem: undefined };
  } catch (error) {
    const reason = messageOf(error);
    return { shown: runs, problem: `No regular expression: ${reason}.` };
  }
}
