/** Groups of tags that begin with the same name. */

export interface TagGroup {
  /** The name that the tags begin with; empty for those that share none. */
  readonly prefix: string;
  readonly tags: readonly string[];
}

/**
 * What comes before the first slash, as TensorBoard groups tags. Names of PyTorch's parameters have none: `conv1.weight`
 * belongs to `conv1`.
 */
export function prefixOf(tag: string): string {
  const slash = tag.indexOf('/');
  const end = slash >= 0 ? slash : tag.indexOf('.');
  return end < 0 ? '' : tag.slice(0, end);
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

/** The tags that a regular expression finds; all of them, and a sentence, if it is none. */
export function filterTags(
  tags: readonly string[],
  pattern: string,
): { readonly tags: readonly string[]; readonly problem: string | undefined } {
  if (pattern.trim() === '') return { tags, problem: undefined };
  try {
    const expression = new RegExp(pattern, 'i');
    return { tags: tags.filter((tag) => expression.test(tag)), problem: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { tags, problem: `No regular expression: ${reason}.` };
  }
}
