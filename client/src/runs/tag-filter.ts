/** Which tags a page shows, and under which heading. */

/** The order of TensorBoard: numbers within names count as numbers. */
const collator = new Intl.Collator('en', { numeric: true });

export const compareTags = collator.compare;

/**
 * What comes before the first slash, as TensorBoard groups tags. Names of PyTorch's parameters have none: `conv1.weight`
 * belongs to `conv1`. Empty for tags that have neither.
 */
export function prefixOf(tag: string): string {
  const slash = tag.indexOf('/');
  const end = slash >= 0 ? slash : tag.indexOf('.');
  return end <= 0 ? '' : tag.slice(0, end);
}

/** The tags that a regular expression matches anywhere, in upper or lower case; all of them, and a sentence, if it is none. */
export function filterTags(
  tags: readonly string[],
  pattern: string,
): { readonly tags: readonly string[]; readonly problem: string | undefined } {
  if (pattern.trim() === '') return { tags, problem: undefined };
  try {
    const expression = new RegExp(pattern, 'i');
    return { tags: tags.filter((tag) => expression.test(tag)), problem: undefined };
  } catch {
    return { tags, problem: 'This is no regular expression yet.' };
  }
}
