/** Which tags a page shows, and in which groups: one rule for all pages. */
import { matching, Regex } from '@convscope/shared/regex.js';
import { RegexError } from '@convscope/shared/regex-syntax.js';

/** The order of TensorBoard: numbers within names count as numbers. */
const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * What comes before the first slash, as TensorBoard groups tags. Names of PyTorch's parameters have none: `conv1.weight`
 * belongs to `conv1`. Empty for tags that have neither.
 */
export function prefixOf(tag: string): string {
  const slash = tag.indexOf('/');
  const end = slash >= 0 ? slash : tag.indexOf('.');
  return end <= 0 ? '' : tag.slice(0, end);
}

export interface TagGroup<T> {
  /** Empty for tags without one. */
  readonly prefix: string;
  readonly items: readonly T[];
}

/** What is called a group in which the tags have no prefix. */
export function groupName(prefix: string): string {
  return prefix === '' ? 'Ungrouped' : prefix;
}

/** Groups what has a tag, by its prefix: what has none first, then in the order of names. */
export function groupByPrefix<T>(items: readonly T[], tagOf: (item: T) => string): TagGroup<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of [...items].sort((a, b) => compare(tagOf(a), tagOf(b)))) {
    const prefix = prefixOf(tagOf(item));
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [item]);
    else group.push(item);
  }
  return [...groups]
    .map(([prefix, members]) => ({ prefix, items: members }))
    .sort((a, b) => compare(a.prefix, b.prefix));
}

export interface Filtered<T> {
  readonly items: readonly T[];
  /** What is wrong with the filter. */
  readonly problem: string | undefined;
}

export function filterTags(
  tags: readonly string[],
  filter: string,
): { readonly tags: readonly string[]; readonly problem: string | undefined } {
  const { items, problem } = filterByTexts(tags, (tag) => [tag], filter);
  return { tags: items, problem };
}

/**
 * The items with a text that a regular expression matches anywhere, in upper or lower case. What is not a regular expression,
 * as while it is being typed, is looked for as it is.
 */
export function filterByTexts<T>(
  all: readonly T[],
  textsOf: (item: T) => readonly string[],
  filter: string,
): Filtered<T> {
  const text = filter.trim();
  if (text === '') return { items: all, problem: undefined };
  try {
    const { items, isCut } = matching(all, textsOf, new Regex(text, { ignoreCase: true }));
    return { items, problem: isCut ? 'This takes too long: not all tags were looked at.' : undefined };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    const small = text.toLowerCase();
    return {
      items: all.filter((item) => textsOf(item).some((one) => one.toLowerCase().includes(small))),
      problem: `This is not a regular expression that can be used, and is looked for as it is. ${error.message}`,
    };
  }
}
