import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { matching, Regex } from '@convscope/shared/regex.js';
import { RegexError } from '@convscope/shared/regex-syntax.js';
import {
  type Expression,
  FilterError,
  holds,
  looksLikeExpression,
  nameOf,
  orderProblem,
  parseExpression,
  type Reference,
  referencesIn,
} from './table/filter-expression.js';
import { type KnownFacts, NO_FACTS, valueIn } from './table/run-values.js';

export interface FilteredRuns {
  readonly shown: readonly RunSummary[];
  /** Why the filter cannot be used; all runs are shown then. */
  readonly problem: string | undefined;
  /** What the user should know of the result: runs that lack the value are not in it. */
  readonly note: string | undefined;
}

/** A filter as it was understood. */
export type ParsedFilter =
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly sentence: string }
  | { readonly kind: 'names'; readonly pattern: Regex }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly text: string };

/**
 * A filter is a regular expression over the names of runs, or an expression such as `loss<0.5 optimizer=adam`
 * (`filter-expression.ts`). One without any comparison is a regular expression.
 */
export function parseFilter(filter: string): ParsedFilter {
  const text = filter.trim();
  if (text === '') return { kind: 'none' };
  let problem: string | undefined;
  try {
    const expression = parseExpression(text);
    if (!referencesIn(expression).next().done) return { kind: 'expression', expression, text };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    if (looksLikeExpression(text)) problem = error.message;
  }
  return problem === undefined ? namesMatching(text) : { kind: 'problem', sentence: problem };
}

function namesMatching(text: string): ParsedFilter {
  try {
    return { kind: 'names', pattern: new Regex(text, { ignoreCase: true }) };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return { kind: 'problem', sentence: `Not a regular expression: ${error.message}` };
  }
}

/** What a run is called: its name, and the label that it was given. */
function namesOf({ run, label }: RunSummary): readonly string[] {
  return label === undefined ? [run] : [run, label];
}

/**
 * The runs that a filter lets through. A text with `=` that no run knows as a value, such as `lr=0.1` in names, is looked
 * for in the names.
 */
export function filterRuns(
  runs: readonly RunSummary[],
  filter: string | ParsedFilter,
  facts: KnownFacts = NO_FACTS,
): FilteredRuns {
  const parsed = typeof filter === 'string' ? parseFilter(filter) : filter;
  switch (parsed.kind) {
    case 'none':
      return { shown: runs, problem: undefined, note: undefined };
    case 'problem':
      return { shown: runs, problem: parsed.sentence, note: undefined };
    case 'names':
      return { ...named(runs, parsed.pattern), note: undefined };
    case 'expression':
      return byExpression(runs, parsed, facts);
  }
}

function named(runs: readonly RunSummary[], pattern: Regex): Pick<FilteredRuns, 'shown' | 'problem'> {
  const { items, isCut } = matching(runs, namesOf, pattern);
  return { shown: items, problem: isCut ? 'This takes too long: not all runs were looked at.' : undefined };
}

function byExpression(
  runs: readonly RunSummary[],
  { expression, text }: ParsedFilter & { readonly kind: 'expression' },
  facts: KnownFacts,
): FilteredRuns {
  const references = [...referencesIn(expression)];
  const unknown = references.find((one) => !runs.some((run) => valueIn(run, one, facts) !== undefined));
  if (unknown !== undefined && isPlain(expression)) {
    const names = namesMatching(text);
    if (names.kind === 'names') {
      const note = `No run has a value ${nameOf(unknown)}: its name is searched instead.`;
      return { ...named(runs, names.pattern), note };
    }
  }
  const problem = orderProblem(expression);
  if (problem !== undefined) return { shown: runs, problem, note: undefined };
  const shown = runs.filter(
    (run) => holds(expression, (reference) => valueIn(run, reference, facts), namesOf(run)) === true,
  );
  const note =
    unknown === undefined ? missingNote(runs, references, facts) : `No run has a value ${nameOf(unknown)}.`;
  return { shown, problem: undefined, note };
}

/** Whether it is nothing but comparisons that must all hold, as in a text that is part of a name. */
function isPlain(expression: Expression): boolean {
  if (expression.kind === 'and') return expression.parts.every(isPlain);
  return (
    expression.kind === 'compare' && expression.left.of === undefined && expression.pattern === undefined
  );
}

/** Names the first value that some runs lack, since they are missing from the list for this reason alone. */
function missingNote(
  runs: readonly RunSummary[],
  references: readonly Reference[],
  facts: KnownFacts,
): string | undefined {
  for (const reference of references) {
    const lacking = runs.filter((run) => valueIn(run, reference, facts) === undefined);
    if (lacking.length === 0) continue;
    const cut = lacking.filter(
      ({ run, configOmitted = 0 }) => configOmitted > 0 && !facts.configs.has(run),
    ).length;
    const why = cut > 0 ? `, ${cut} of them because their configuration is too long to be listed` : '';
    return `${lacking.length} of ${runs.length} runs have no value ${nameOf(reference)}${why}.`;
  }
  return undefined;
}
