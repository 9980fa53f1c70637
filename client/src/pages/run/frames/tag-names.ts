/** What the tags of a log without a description name: a layer, and which of its tensors. By convention, or as the user says. */

export const ROLES = ['input', 'output', 'weight', 'bias', 'gradient'] as const;
export type TensorRole = (typeof ROLES)[number];

export interface TagMeaning {
  readonly layer: string;
  readonly role: TensorRole;
}

export type TagReader = (tag: string) => TagMeaning | undefined;

const WORDS: Readonly<Record<TensorRole, readonly string[]>> = {
  input: ['input', 'inputs', 'in', 'x'],
  output: ['output', 'outputs', 'out', 'preactivation', 'activation', 'activations', 'act', 'y'],
  weight: ['weight', 'weights', 'kernel', 'kernels', 'filters', 'w'],
  bias: ['bias', 'biases', 'b'],
  gradient: ['gradient', 'gradients', 'grad', 'grads', 'dy'],
};
const ROLE_OF = new Map(ROLES.flatMap((role) => WORDS[role].map((word) => [word, role] as const)));
/** By convention only the whole words count: a tag such as `loss/x` is not a layer. */
const CONVENTION = new RegExp(
  `^(?<layer>.*)[/._](?<role>${ROLES.flatMap((role) => WORDS[role].filter((word) => word.length > 3)).join('|')})$`,
  'i',
);

/** `X/weight`, `X/input`, `X/output`, and torch's `layer1.0.conv1.weight`. */
export const readByConvention: TagReader = (tag) => meaningOf(CONVENTION, tag);

function meaningOf(pattern: RegExp, tag: string): TagMeaning | undefined {
  const { layer, role: word } = pattern.exec(tag)?.groups ?? {};
  const role = ROLE_OF.get(word?.toLowerCase() ?? '');
  return layer === undefined || role === undefined ? undefined : { layer, role };
}

const PATTERN_CHARACTERS = 200;
/** Longer tags keep their names by convention, so that a pattern takes a bounded time. */
const TAG_CHARACTERS = 200;
/** With two of them, a tag of 200 characters can be split in 20,000 ways; with five it could take hours. */
const OPEN_REPEATS = 2;

/**
 * Reads tags by a regular expression with the groups `layer` and `role`; it must match the whole tag. Tags that it does not
 * match are read by convention.
 * @returns the reader, or one sentence that says why the expression is refused
 */
export function readByPattern(text: string): TagReader | { readonly refused: string } {
  const refused = refusalOf(text);
  if (refused !== undefined) return { refused };
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${text})$`);
  } catch {
    return { refused: 'This is not a regular expression.' };
  }
  return (tag) =>
    (tag.length <= TAG_CHARACTERS ? meaningOf(pattern, tag) : undefined) ?? readByConvention(tag);
}

/** The reader that an address asks for; by convention if it cannot be used. */
export function tagReader(text: string): TagReader {
  const read = text === '' ? readByConvention : readByPattern(text);
  return typeof read === 'function' ? read : readByConvention;
}

function refusalOf(text: string): string | undefined {
  if (text.length > PATTERN_CHARACTERS)
    return `The expression has ${text.length} characters, and ${PATTERN_CHARACTERS} are the most.`;
  if (!text.includes('(?<layer>') || !text.includes('(?<role>'))
    return 'The expression needs the groups (?<layer>…) and (?<role>…).';
  return refusedRepeats(text);
}

/** Refuses what may take exponential time on a tag: repeated groups, references, and more than a few open repeats. */
function refusedRepeats(text: string): string | undefined {
  let repeats = 0;
  let inClass = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      at++;
      if (/[1-9k]/.test(text[at] ?? '')) return 'References such as \\1 are not taken.';
    } else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === ')' && /[*+{]/.test(text[at + 1] ?? ''))
      return 'Repeated groups such as (a|b)+ are not taken, since they may take forever.';
    else if (character === '*' || character === '+' || character === '{') repeats++;
  }
  return repeats > OPEN_REPEATS
    ? `At most ${OPEN_REPEATS} repeats (* or + or {…}) are taken, since more may take forever.`
    : undefined;
}
