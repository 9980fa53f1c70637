/** Groups of tags that begin with the same name. */
import { prefixOf } from '../../runs/tag-filter.js';

export interface TagGroup {
  /** The name that the tags begin with; empty for those that share none. */
  readonly prefix: string;
  readonly tags: readonly string[];
}

/** The groups in the order in which their first tags come, those without a prefix last. */
export function groupTags(tags: readonly string[]): readonly TagGroup[] {
  const groups = new Map<string, string[]>();
  for (const tag of tags) {
    const prefix = prefixOf(tag);
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [tag]);
    else group.push(tag);
  }
  return [...groups]
    .map(([prefix, members]) => ({ prefix, tags: members }))
    .sort((a, b) => Number(a.prefix === '') - Number(b.prefix === ''));
}
