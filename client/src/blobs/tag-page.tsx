/** What pages of cards have in common: the groups of tags, and sentences where there is nothing to show. */
import { type ReactNode, useMemo } from 'react';
import { FilterHint } from '../runs/filter-hint.js';
import { filterTags, groupByPrefix, groupName } from '../runs/tag-filter.js';
import { plural } from '../ui/format.js';
import { GroupHead } from '../ui/group-head.js';
import { NothingLogged } from '../ui/nothing-logged.js';
import { ReadingNote } from '../ui/reading-note.js';
import type { RunTags } from './use-run-tags.js';
import '../ui/card-page.css';

export interface TagGroupsProps {
  readonly of: RunTags;
  readonly filter: string;
  /** The names of the groups that are collapsed. */
  readonly collapsed: readonly string[];
  readonly onCollapse: (collapsed: readonly string[]) => void;
  /** What is shown, in the plural, and the call that logs it. */
  readonly what: string;
  readonly line: string;
  /** The cards of the tags of a group. */
  readonly children: (tags: readonly string[]) => ReactNode;
}

/** Why something of the drawn runs could not be read. */
export function TagProblems({ problems }: Pick<RunTags, 'problems'>) {
  return problems.map((problem) => (
    <p key={problem} className="small is-bad card-page-failure" role="status">
      {problem}
    </p>
  ));
}

export function TagGroups({ of, filter, collapsed, onCollapse, what, line, children }: TagGroupsProps) {
  const { drawn, runsOf, isKnown, problems } = of;
  const shown = useMemo(() => filterTags([...runsOf.keys()], filter).tags, [runsOf, filter]);
  const groups = useMemo(() => groupByPrefix(shown, (tag) => tag), [shown]);
  if (drawn.length === 0)
    return (
      <p className="card-page-note muted">
        No run is chosen. Choose some in the list of runs. <FilterHint />
      </p>
    );
  if (runsOf.size === 0 && isKnown)
    return (
      <NothingLogged what={what} line={line}>
        <FilterHint />
      </NothingLogged>
    );
  // Where the log cannot be read, the sentences above say so.
  if (runsOf.size === 0) return problems.length === 0 ? <ReadingNote /> : null;
  if (shown.length === 0) {
    return (
      <p className="card-page-note muted">
        None of {plural(runsOf.size, 'tag')} with {what} fits the filter.
      </p>
    );
  }
  return groups.map(({ prefix, items }) => {
    const isOpen = !collapsed.includes(prefix);
    const others = collapsed.filter((one) => one !== prefix);
    return (
      <section key={prefix} className="card-group" aria-label={groupName(prefix)}>
        <GroupHead
          name={groupName(prefix)}
          count={items.length}
          isOpen={isOpen}
          onToggle={() => onCollapse(isOpen ? [...others, prefix] : others)}
        />
        {isOpen && children(items)}
      </section>
    );
  });
}
