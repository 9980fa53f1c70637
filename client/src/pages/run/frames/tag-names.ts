/** What the tags of a log without a description name: a layer, and which of its tensors. By convention, or as the user says. */
import { Regex } from '@convscope/shared/regex.js';
import { RegexError } from '@convscope/shared/regex-syntax.js';

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
export const readByConvention: TagReader = (tag) => {
  const { layer, role } = CONVENTION.exec(tag)?.groups ?? {};
  return meaningOf(layer, role);
};

function meaningOf(layer: string | undefined, word: string | undefined): TagMeaning | undefined {
  const role = ROLE_OF.get(word?.toLowerCase() ?? '');
  return layer === undefined || role === undefined ? undefined : { layer, role };
}

/**
 * Reads tags by a regular expression with the groups `layer` and `role`; it must match the whole tag. Tags that it does not
 * match are read by convention.
 * @returns the reader, or one sentence that says why the expression is refused
 */
export function readByPattern(text: string): TagReader | { readonly refused: string } {
  if (!text.includes('(?<layer>') || !text.includes('(?<role>'))
    return { refused: 'The expression needs the groups (?<layer>…) and (?<role>…).' };
  let pattern: Regex;
  try {
    pattern = new Regex(`^(?:${text})$`);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    return { refused: `This is not a regular expression that can be used. ${error.message}` };
  }
  return (tag) => {
    const found = pattern.named(tag);
    return meaningOf(found?.get('layer'), found?.get('role')) ?? readByConvention(tag);
  };
}

/** The reader that an address asks for; by convention if it cannot be used. */
export function tagReader(text: string): TagReader {
  const read = text === '' ? readByConvention : readByPattern(text);
  return typeof read === 'function' ? read : readByConvention;
}
