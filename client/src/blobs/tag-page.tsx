/** What pages of cards have in common: the groups of tags, and sentences where there is nothing to show. */
import { type ReactNode, useMemo } from 'react';
import { plural } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { NothingLogged } from '../ui/nothing-logged.js';
import { filterTags, groupTags } from './tag-filter.js';
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
  const { drawn, runsOf, isKnown } = of;
  const shown = useMemo(() => filterTags([...runsOf.keys()], filter).shown, [runsOf, filter]);
  const groups = useMemo(() => groupTags(shown), [shown]);
  if (drawn.length === 0)
    return <p className="card-page-note muted">No run is chosen. Choose some in the list of runs.</p>;
  if (runsOf.size === 0) return isKnown ? <NothingLogged what={what} line={line} /> : null;
  if (shown.length === 0) {
    return (
      <p className="card-page-note muted">
        None of {plural(runsOf.size, 'tag')} with {what} fits the filter.
      </p>
    );
  }
  return groups.map(({ name, tags }) => {
    const isOpen = !collapsed.includes(name);
    const others = collapsed.filter((one) => one !== name);
    return (
      <section key={name} className="card-group" aria-label={name === '' ? 'Tags without a group' : name}>
        <h2>
          <button
            type="button"
            className="card-group-head"
            aria-expanded={isOpen}
            onClick={() => onCollapse(isOpen ? [...others, name] : others)}
          >
            <Icon name={isOpen ? 'chevron' : 'right'} />
            <span className="medium ellipsis">{name === '' ? 'Ungrouped' : name}</span>
            <span className="micro">{plural(tags.length, 'tag')}</span>
          </button>
        </h2>
        {isOpen && children(tags)}
      </section>
    );
  });
}
