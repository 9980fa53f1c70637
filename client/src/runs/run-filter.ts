import { messageOf } from '@convscope/shared/message-of.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';

export interface FilteredRuns {
  readonly shown: readonly RunSummary[];
  /** Why the filter cannot be used; all runs are shown then. */
  readonly problem: string | undefined;
  /** What the user should know of the result: runs that lack the value are not in it. */
  readonly note: string | undefined;
}

type Value = string | number | boolean | undefined;

interface Comparison {
  readonly name: string;
  readonly operator: string;
  readonly wanted: string;
}

const COMPARISON = /([\w./-]+)\s*(<=|>=|!=|=|<|>)\s*("[^"]*"|[^\s"<>=!]\S*)(?:\s*(?:,|&&|\band\b)\s*|\s+|$)/y;

/** One or more comparisons, separated by spaces; undefined if the text is anything else. */
function comparisonsIn(text: string): readonly Comparison[] | undefined {
  const found: Comparison[] = [];
  COMPARISON.lastIndex = 0;
  while (COMPARISON.lastIndex < text.length) {
    const [, name, operator, value] = COMPARISON.exec(text) ?? [];
    if (name === undefined || operator === undefined || value === undefined) return undefined;
    found.push({ name, operator, wanted: value.replace(/^"(.*)"$/s, '$1').replace(/,$/, '') });
  }
  return found;
}

/** Undefined for text that is not a number: `Number` takes an empty text for 0 and true for 1. */
function numberIn(value: Exclude<Value, undefined>): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

function holds(value: Exclude<Value, undefined>, operator: string, wanted: string): boolean {
  const [a, b] = [numberIn(value), numberIn(wanted)];
  if (operator === '=' || operator === '!=') {
    const same = a !== undefined && b !== undefined ? a === b : String(value) === wanted;
    return same === (operator === '=');
  }
  if (a === undefined || b === undefined) return false;
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}

/** A value to filter by: the loss, the step or the state of a run, or a value of its configuration. */
function valueIn(run: RunSummary, name: string): Value {
  if (name === 'loss') return run.loss;
  if (name === 'step') return run.lastStep;
  if (name === 'state') return run.state;
  return run.config !== undefined && Object.hasOwn(run.config, name) ? run.config[name] : undefined;
}

/**
 * Filters runs by a regular expression over their names, or by comparisons such as `loss<0.5 optimizer=adam`, all of
 * which must hold. A text with `=` that no run knows as a value, such as `lr=0.1` in names, is looked for in the names.
 */
export function filterRuns(runs: readonly RunSummary[], filter: string): FilteredRuns {
  const text = filter.trim();
  if (text === '') return { shown: runs, problem: undefined, note: undefined };
  const comparisons = comparisonsIn(text);
  const unknown = comparisons?.find(({ name }) => !runs.some((run) => valueIn(run, name) !== undefined));
  if (comparisons !== undefined && unknown === undefined) {
    const shown = runs.filter((run) =>
      comparisons.every(({ name, operator, wanted }) => {
        const value = valueIn(run, name);
        return value !== undefined && holds(value, operator, wanted);
      }),
    );
    return { shown, problem: undefined, note: missingNote(runs, comparisons) };
  }
  try {
    const pattern = new RegExp(text, 'i');
    const note =
      unknown === undefined ? undefined : `No run has a value ${unknown.name}: its name is searched instead.`;
    return { shown: runs.filter(({ run }) => pattern.test(run)), problem: undefined, note };
  } catch (error) {
    return { shown: runs, problem: `No regular expression: ${messageOf(error)}.`, note: undefined };
  }
}

/** Names the first value that some runs lack, since they are missing from the list for this reason alone. */
function missingNote(runs: readonly RunSummary[], comparisons: readonly Comparison[]): string | undefined {
  for (const { name } of comparisons) {
    const lacking = runs.filter((run) => valueIn(run, name) === undefined);
    if (lacking.length === 0) continue;
    const cut = lacking.filter(({ configOmitted = 0 }) => configOmitted > 0).length;
    const why = cut > 0 ? `, ${cut} of them because their configuration is too long to be listed` : '';
    return `${lacking.length} of ${runs.length} runs have no value ${name}${why}.`;
  }
  return undefined;
}
