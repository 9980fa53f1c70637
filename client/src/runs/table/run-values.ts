/** The values of a run by name, for filters and for the columns of the run table. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import { stateWord } from '../state-words.js';
import type { Reference } from './filter-expression.js';
import type { Value } from './filter-values.js';
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
  if (of !== undefined) return scalarValue(run, name, of, facts) ?? lossValue(run, { name, of }, facts);
  if (Object.hasOwn(BUILT_IN, name)) {
    const value = BUILT_IN[name]!(run);
    if (value !== undefined) return value;
  }
  return configValue(run, name, facts) ?? scalarValue(run, name, 'last', facts);
}

/** Of a run that logs no scalar `loss`: of the scalar that is its loss, as in the list of runs. */
function lossValue(run: RunSummary, { name, of }: Required<Reference>, facts: KnownFacts): Value {
  if (name !== 'loss' || run.lossTag === undefined) return undefined;
  return scalarValue(run, run.lossTag, of, facts);
}

/** The scalars whose summaries a filter needs, of those that there are. */
export function scalarsNamed(
  references: Iterable<Reference>,
  tags: readonly string[] | undefined,
  runs: readonly RunSummary[],
): string[] {
  const known = new Set(tags);
  const named = [...references].flatMap(({ name, of }) => {
    const losses = of !== undefined && name === 'loss' ? runs.map(({ lossTag }) => lossTag) : [];
    const isWanted = known.has(name) || (of !== undefined && tags === undefined);
    return [...(isWanted ? [name] : []), ...losses.filter((tag) => tag !== undefined)];
  });
  return [...new Set(named)];
}
