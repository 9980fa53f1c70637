/** The values of a run by name, for filters and for the columns of the run table. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import { stateWord } from '../state-words.js';
import type { Reference, Value } from './filter-expression.js';
import type { SummariesByRun } from './run-facts.js';

export interface KnownFacts {
  readonly summaries: ReadonlyMap<string, SummariesByRun>;
  readonly configs: ReadonlyMap<string, RunConfig>;
}

export const NO_FACTS: KnownFacts = { summaries: new Map(), configs: new Map() };

/** A hyperparameter or value of the configuration. */
export function configValue(run: RunSummary, name: string, { configs }: KnownFacts = NO_FACTS): Value {
  const config = configs.get(run.run) ?? run.config;
  return config !== undefined && Object.hasOwn(config, name) ? config[name] : undefined;
}

/** The newest, lowest or highest value of a scalar. NaN and infinities are numbers here. */
export function scalarValue(
  run: RunSummary,
  tag: string,
  of: 'min' | 'max' | 'last',
  { summaries }: KnownFacts = NO_FACTS,
): number | undefined {
  const value = summaries.get(tag)?.get(run.run)?.[of]?.value;
  if (value !== undefined) return Number(value);
  return of === 'last' && tag === run.lossTag && run.loss !== undefined ? Number(run.loss) : undefined;
}

/** What every run has, by the names that a filter knows. */
const BUILT_IN: Readonly<Record<string, (run: RunSummary) => Value>> = {
  loss: ({ loss }) => loss,
  step: ({ lastStep }) => lastStep,
  state: ({ state }) => state,
  // The word that is shown, except that no hub is lost here.
  status: (run) => stateWord(run, false).word,
  name: ({ run }) => run,
};

/** The value that a filter compares. */
export function valueIn(run: RunSummary, { name, of }: Reference, facts: KnownFacts = NO_FACTS): Value {
  if (of !== undefined) return texted(scalarValue(run, name, of, facts));
  if (Object.hasOwn(BUILT_IN, name)) {
    const value = BUILT_IN[name]!(run);
    if (value !== undefined) return value;
  }
  return configValue(run, name, facts) ?? texted(scalarValue(run, name, 'last', facts));
}

/** A NaN is compared as text, since it is equal to no number. */
function texted(value: number | undefined): Value {
  return value !== undefined && Number.isNaN(value) ? 'NaN' : value;
}

/** The scalars whose summaries a filter needs, of those that there are. */
export function scalarsNamed(references: Iterable<Reference>, tags: readonly string[] | undefined): string[] {
  const known = new Set(tags);
  const named = [...references].filter(
    ({ name, of }) => known.has(name) || (of !== undefined && tags === undefined),
  );
  return [...new Set(named.map(({ name }) => name))];
}
