/**
 * Rejects arguments of the wrong type with PyTorch's own messages. JavaScript values are reported under Python's type
 * names: a number with a fraction is a float, null is NoneType, an array is a list.
 */
import { ConvolutionRefusal, type RefusedField } from './refusal.js';

export interface ArgumentTypes {
  /** Python's types of (input, weight, bias): Tensor, or Parameter for a tensor that a module owns. */
  readonly tensors: readonly [input: string, weight: string, bias: string];
  /** How an array is reported: `list` as passed by a caller, `tuple` once a module has stored it. */
  readonly arrays: 'list' | 'tuple';
}

const SIGNATURES = ['tuple of ints padding', 'str padding'].map(
  (padding) =>
    ` * (Tensor input, Tensor weight, Tensor bias, tuple of ints stride, ${padding}, tuple of ints dilation, int groups)`,
);

/** Python's name for the type of a value. */
export function pythonType(value: unknown, arrays: 'list' | 'tuple' = 'list'): string {
  if (value === null || value === undefined) return 'NoneType';
  if (Array.isArray(value)) return arrays;
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    default:
      return 'dict';
  }
}

function describe(value: unknown, arrays: 'list' | 'tuple'): string {
  if (!Array.isArray(value)) return pythonType(value);
  const inner = value.map((item) => pythonType(item, arrays)).join(', ');
  if (arrays === 'list') return `list of [${inner}]`;
  return value.length === 1 ? `tuple of (${inner},)` : `tuple of (${inner})`;
}

/** Whether PyTorch's argument parser accepts the value as a list of ints. It checks the first element only. */
function looksLikeInts(value: unknown): boolean {
  const first = Array.isArray(value) ? (value.length === 0 ? 0 : value[0]) : value;
  return Number.isInteger(first);
}

/**
 * Rejects what the argument parser of `torch.conv2d` rejects.
 * @throws ConvolutionRefusal (TypeError) with the parser's full message
 */
export function checkArgumentTypes(
  arguments_: {
    readonly stride: unknown;
    readonly padding: unknown;
    readonly dilation: unknown;
    readonly groups: unknown;
  },
  types: ArgumentTypes,
): void {
  const { stride, padding, dilation, groups } = arguments_;
  const wrong: RefusedField | undefined = !looksLikeInts(stride)
    ? 'stride'
    : typeof padding !== 'string' && !looksLikeInts(padding)
      ? 'padding'
      : !looksLikeInts(dilation)
        ? 'dilation'
        : !Number.isInteger(groups)
          ? 'groups'
          : undefined;
  if (wrong)
    throw new ConvolutionRefusal(
      wrong,
      invalidCombination([stride, padding, dilation, groups], types),
      'TypeError',
    );
  for (const [field, value] of [
    ['stride', stride],
    ['padding', padding],
    ['dilation', dilation],
  ] as const) {
    if (!Array.isArray(value)) continue;
    const at = value.findIndex((item) => !Number.isInteger(item) && typeof item !== 'boolean');
    if (at >= 0) {
      throw new ConvolutionRefusal(
        field,
        `conv2d(): argument '${field}' failed to unpack the object at pos ${at + 1} with error "type must be tuple of ints,but got ${pythonType(value[at], types.arrays)}"`,
        'TypeError',
      );
    }
  }
}

function invalidCombination(
  rest: readonly [unknown, unknown, unknown, unknown],
  types: ArgumentTypes,
): string {
  const got = [...types.tensors, ...rest.map((value) => pythonType(value, types.arrays))].join(', ');
  const marked = (paddingIsString: boolean) => {
    const tensors = types.tensors.map((type) => (type === 'Tensor' ? type : `!${type}!`));
    const [stride, padding, dilation, groups] = rest.map((value) => describe(value, types.arrays));
    // PyTorch marks every number given for a tuple of ints, even those it would have accepted.
    return [
      ...tensors,
      `!${stride}!`,
      paddingIsString && padding === 'str' ? padding : `!${padding}!`,
      `!${dilation}!`,
      groups === 'int' ? groups : `!${groups}!`,
    ].join(', ');
  };
  const lines = SIGNATURES.flatMap((signature, index) => [
    signature,
    `      didn't match because some of the arguments have invalid types: (${marked(index === 1)})`,
  ]);
  return `conv2d() received an invalid combination of arguments - got (${got}), but expected one of:\n${lines.join('\n')}\n`;
}
