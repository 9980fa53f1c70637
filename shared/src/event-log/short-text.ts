/** The text, or its beginning and `…`, in at most `most` UTF-16 units. */
export function shortText(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  // Half of a surrogate pair is not a character.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A tag as sentences name it. */
export function shortTag(tag: string): string {
  return shortText(tag, 80);
}
