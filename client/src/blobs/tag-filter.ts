/** Which tags are shown, and in which groups. */
import { messageOf } from '@convscope/shared/message-of.js';

export interface FilteredTags {
  readonly shown: readonly string[];
  /** Why the filter is no regular expression; it is looked for as it is then. */
  readonly problem: string | undefined;
}

export function filterTags(tags: readonly string[], filter: string): FilteredTags {
  const text = filter.trim();
  if (text === '') return { shown: tags, problem: undefined };
  try {
    const pattern = new RegExp(text, 'i');
    return { shown: tags.filter((tag) => pattern.test(tag)), problem: undefined };
  } catch (error) {
    const small = text.toLowerCase();
    return {
      shown: tags.filter((tag) => tag.toLowerCase().includes(small)),
      problem: `No regular expression, so it is looked for as it is: ${messageOf(error)}.`,
    };
  }
}

export interface TagGroup {
  /** What the tags of the group begin with, up to their first slash; empty for tags without one. */
  readonly name: string;
  readonly tags: readonly string[];
}

/** In the order of names; tags without a slash come first. */
export function groupTags(tags: readonly string[]): TagGroup[] {
  const groups = new Map<string, string[]>();
  for (const tag of [...tags].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const slash = tag.indexOf('/');
    const name = slash > 0 ? tag.slice(0, slash) : '';
    groups.set(name, [...(groups.get(name) ?? []), tag]);
  }
  return [...groups]
    .map(([name, members]) => ({ name, tags: members }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
