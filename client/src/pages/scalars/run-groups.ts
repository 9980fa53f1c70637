/** Runs that are drawn as one, such as those of a setting with different seeds. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { Regex } from '@convscope/shared/regex.js';
import { RegexError } from '@convscope/shared/regex-syntax.js';

export interface RunGroup {
  readonly name: string;
  readonly runs: readonly string[];
}

/** What runs can be put together by. An address holds it as a text: `name`, `config:lr` or `regex:^(.*)_s`. */
export type GroupBy =
  | { readonly kind: 'none' }
  /** The name without its last number. */
  | { readonly kind: 'name' }
  | { readonly kind: 'config'; readonly key: string }
  | { readonly kind: 'regex'; readonly pattern: string };

export function groupByIn(text: string): GroupBy {
  if (text === 'name') return { kind: 'name' };
  const [kind, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (kind === 'config' && rest !== '') return { kind, key: rest };
  if (kind === 'regex') return { kind, pattern: rest };
  return { kind: 'none' };
}

export function groupByText(by: GroupBy): string {
  if (by.kind === 'config') return `config:${by.key}`;
  if (by.kind === 'regex') return `regex:${by.pattern}`;
  return by.kind === 'name' ? 'name' : '';
}

/** A name without its last number, as seeds and folds are numbered: `lr1_seed3` and `lr1_seed4` are of one group. */
function withoutLastNumber(name: string): string {
  return name.replace(/\d+(?=\D*$)/, '…');
}

/** The first group in brackets of a regular expression, or all that it matches. */
function matcherOf(pattern: string): (run: string) => string | undefined {
  try {
    const regex = new Regex(pattern);
    return (run) => {
      const match = regex.exec(run);
      return match?.[1] ?? match?.[0];
    };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return () => undefined;
  }
}

/**
 * Runs by group, in the order in which they first come. A run that belongs to no group is one of its own.
 */
export function groupsOf(runs: readonly RunSummary[], by: GroupBy): RunGroup[] {
  const matches = by.kind === 'regex' ? matcherOf(by.pattern) : () => undefined;
  const nameOf = (run: RunSummary): string | undefined => {
    switch (by.kind) {
      case 'none':
        return undefined;
      case 'name':
        return withoutLastNumber(run.run);
      case 'config': {
        const value = run.config?.[by.key];
        return value === undefined ? undefined : `${by.key} ${value}`;
      }
      case 'regex':
        return matches(run.run);
    }
  };
  const groups = new Map<string, string[]>();
  for (const run of runs) {
    const name = nameOf(run);
    // A group may have the name of a run that belongs to none.
    const key = name === undefined ? `run ${run.run}` : `group ${name}`;
    groups.set(key, [...(groups.get(key) ?? []), run.run]);
  }
  return [...groups].map(([key, members]) => ({
    name: members.length === 1 ? members[0]! : key.slice(key.indexOf(' ') + 1),
    runs: members,
  }));
}

/** Configuration values by which runs can be grouped: those that not all of them share and that several have. */
export function groupingKeys(runs: readonly RunSummary[]): string[] {
  const values = new Map<string, Set<unknown>>();
  for (const { config } of runs)
    for (const [key, value] of Object.entries(config ?? {}))
      values.set(key, (values.get(key) ?? new Set()).add(value));
  return [...values].filter(([, found]) => found.size > 1 && found.size < runs.length).map(([key]) => key);
}
