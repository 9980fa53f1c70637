/** Generates complete PyTorch and tfjs programs that compute what the lab shows. */

export interface ProgramInput {
  readonly inputShape: readonly [channels: number, height: number, width: number];
  /** [out, in/groups, kH, kW], or [in, out/groups, kH, kW] of a transposed convolution. */
  readonly weightShape: readonly [number, number, height: number, width: number];
  readonly outputShape: readonly [channels: number, height: number, width: number];
  readonly input: Float64Array;
  readonly weight: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly stride: readonly [number, number];
  readonly padding: 'same' | 'valid' | readonly [number, number];
  /** The resolved padding on each side. */
  readonly sides: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly paddingMode: 'zeros' | 'reflect' | 'replicate' | 'circular';
  /** Set for a transposed convolution. */
  readonly outputPadding?: readonly [number, number];
  /** Tensors to write out whatever their size, because their values are nowhere else. */
  readonly writeOut?: { readonly input: boolean; readonly weight: boolean; readonly bias: boolean };
}

/**
 * Larger tensors are not written out, unless `writeOut` says so: the program draws random values of the same shape
 * instead, and says that they are not those of the lab.
 */
const MOST_VALUES = 64;
/** Longer rows are broken. */
const MOST_PER_LINE = 16;

function isWritten(c: ProgramInput, tensor: 'input' | 'weight' | 'bias'): boolean {
  return (c[tensor]?.length ?? 0) <= MOST_VALUES || c.writeOut?.[tensor] === true;
}

function areAllWritten(c: ProgramInput): boolean {
  return (['input', 'weight', 'bias'] as const).every((tensor) => isWritten(c, tensor));
}

/** The comment behind a tensor that is drawn. */
function drawnNote(values: Float64Array): string {
  return `random: the lab has ${values.length} other values`;
}

function pair([a, b]: readonly [number, number]): string {
  return a === b ? String(a) : `(${a}, ${b})`;
}

function list(values: Float64Array, perLine: number, indent: string): string {
  const texts = Array.from(values, (v) => String(Number(v.toPrecision(9))));
  const lines: string[] = [];
  const width = Math.min(perLine, MOST_PER_LINE);
  for (let i = 0; i < texts.length; i += width) lines.push(indent + texts.slice(i, i + width).join(', '));
  return lines.join(',\n');
}

export function pytorchCode(c: ProgramInput): string {
  const [ci, h, w] = c.inputShape;
  const [co, perGroup, kh, kw] = c.weightShape;
  const tensor = (name: 'input' | 'weight', shape: readonly number[]) => {
    const values = c[name];
    return isWritten(c, name)
      ? `torch.tensor([\n${list(values, shape[shape.length - 1]!, '    ')}\n], dtype=torch.float64).reshape(${shape.join(', ')})`
      : `torch.randn(${shape.join(', ')}, dtype=torch.float64)  # ${drawnNote(values)}`;
  };
  const padding = typeof c.padding === 'string' ? `'${c.padding}'` : pair(c.padding);
  const lines = ['import torch'];
  const weight = `weight = ${tensor('weight', [co, perGroup, kh, kw])}`;
  const bias = c.bias
    ? isWritten(c, 'bias')
      ? `bias = torch.tensor([${Array.from(c.bias, (v) => Number(v.toPrecision(9))).join(', ')}], dtype=torch.float64)`
      : `bias = torch.randn(${c.bias.length}, dtype=torch.float64)  # ${drawnNote(c.bias)}`
    : undefined;
  if (c.paddingMode === 'zeros') {
    lines.push('import torch.nn.functional as F', '', `x = ${tensor('input', [1, ci, h, w])}`, weight);
    if (bias) lines.push(bias);
    const call = c.outputPadding === undefined ? 'F.conv2d' : 'F.conv_transpose2d';
    const indent = ' '.repeat(`y = ${call}(`.length);
    const added = c.outputPadding === undefined ? '' : `output_padding=${pair(c.outputPadding)}, `;
    lines.push(
      `y = ${call}(x, weight, ${bias ? 'bias' : 'bias=None'}, stride=${pair(c.stride)}, padding=${padding},`,
      `${indent}${added}dilation=${pair(c.dilation)}, groups=${c.groups})`,
    );
  } else {
    lines.push('from torch import nn', '', `x = ${tensor('input', [1, ci, h, w])}`, weight);
    if (bias) lines.push(bias);
    lines.push(
      `conv = nn.Conv2d(${ci}, ${co}, ${pair([kh, kw])}, stride=${pair(c.stride)}, padding=${padding},`,
      `                 dilation=${pair(c.dilation)}, groups=${c.groups}, bias=${bias ? 'True' : 'False'},`,
      `                 padding_mode='${c.paddingMode}').double()`,
      'with torch.no_grad():',
      '    conv.weight.copy_(weight)',
    );
    if (bias) lines.push('    conv.bias.copy_(bias)');
    lines.push('    y = conv(x)');
  }
  lines.push(`print(y.shape)  # torch.Size([1, ${c.outputShape.join(', ')}])`);
  if (areAllWritten(c)) lines.push('print(y)');
  return `${lines.join('\n')}\n`;
}

/** tfjs's own transposed convolution has neither dilation nor groups nor PyTorch's output padding. */
function transposedTfjsCode(
  c: ProgramInput,
  outputPadding: readonly [number, number],
  tensor: (name: 'input' | 'weight', shape: readonly number[]) => string,
  drawn: (name: 'input' | 'weight' | 'bias', values: Float64Array) => string,
): string {
  const list = (values: readonly [number, number]) => `[${values.join(', ')}]`;
  const lines = [
    "import { loadBackend } from 'convscope/backend';",
    "import { convTranspose2d } from 'convscope/conv-transpose2d';",
    '',
    'const { tf } = await loadBackend();',
    `const x = ${tensor('input', [1, ...c.inputShape])};${drawn('input', c.input)}`,
    `const weight = ${tensor('weight', c.weightShape)};${drawn('weight', c.weight)}`,
  ];
  if (c.bias) {
    const values = isWritten(c, 'bias')
      ? `tf.tensor1d([${Array.from(c.bias, (v) => Number(v.toPrecision(9))).join(', ')}])`
      : `tf.randomNormal([${c.bias.length}])`;
    lines.push(`const bias = ${values};${drawn('bias', c.bias)}`);
  }
  lines.push(
    `const y = convTranspose2d(tf, x, weight, ${c.bias ? 'bias' : 'undefined'}, {`,
    `  stride: ${list(c.stride)},`,
    `  padding: ${typeof c.padding === 'string' ? '[0, 0]' : list(c.padding)},`,
    `  outputPadding: ${list(outputPadding)},`,
    `  dilation: ${list(c.dilation)},`,
    `  groups: ${c.groups},`,
    '});',
    `console.log(y.shape); // [1, ${c.outputShape.join(', ')}]`,
  );
  if (areAllWritten(c)) lines.push('y.print();');
  return `${lines.join('\n')}\n`;
}

export function tfjsCode(c: ProgramInput): string {
  const [ci, h, w] = c.inputShape;
  const [co, perGroup, kh, kw] = c.weightShape;
  const tensor = (name: 'input' | 'weight', shape: readonly number[]) => {
    const values = c[name];
    return isWritten(c, name)
      ? `tf.tensor([\n${list(values, shape[shape.length - 1]!, '  ')},\n], [${shape.join(', ')}])`
      : `tf.randomNormal([${shape.join(', ')}])`;
  };
  const drawn = (name: 'input' | 'weight' | 'bias', values: Float64Array) =>
    isWritten(c, name) ? '' : ` // ${drawnNote(values)}`;
  if (c.outputPadding !== undefined) return transposedTfjsCode(c, c.outputPadding, tensor, drawn);
  const lines = [
    "import * as tf from '@tensorflow/tfjs';",
    '',
    '// PyTorch is NCHW, tfjs is NHWC: transpose at the border.',
    `let x = ${tensor('input', [1, ci, h, w])}.transpose([0, 2, 3, 1]);${drawn('input', c.input)}`,
    `const weight = ${tensor('weight', [co, perGroup, kh, kw])}.transpose([2, 3, 1, 0]);${drawn('weight', c.weight)}`,
  ];
  const { top, bottom, left, right } = c.sides;
  if (top || bottom || left || right) {
    if (c.paddingMode === 'zeros')
      lines.push(`x = tf.pad(x, [[0, 0], [${top}, ${bottom}], [${left}, ${right}], [0, 0]]);`);
    else {
      const index = {
        reflect: 'p < 0 ? -p : p >= n ? 2 * (n - 1) - p : p',
        replicate: 'Math.min(n - 1, Math.max(0, p))',
        circular: '(p + n) % n',
      }[c.paddingMode];
      lines.push(
        `// padding_mode='${c.paddingMode}'`,
        `const places = (n, before, after) => tf.tensor1d(Array.from({ length: before + n + after }, (_, i) => {`,
        '  const p = i - before;',
        `  return ${index};`,
        "}), 'int32');",
        `x = x.gather(places(${h}, ${top}, ${bottom}), 1).gather(places(${w}, ${left}, ${right}), 2);`,
      );
    }
  }
  const strided = c.stride[0] > 1 || c.stride[1] > 1;
  const dilated = c.dilation[0] > 1 || c.dilation[1] > 1;
  const apart = strided && dilated;
  const stride = apart ? '1' : `[${c.stride.join(', ')}]`;
  const call = (x: string, k: string) =>
    `tf.conv2d(${x}, ${k}, ${stride}, 'valid', 'NHWC', [${c.dilation.join(', ')}])`;
  if (c.groups === 1) lines.push(`let y = ${call('x', 'weight')};`);
  else
    lines.push(
      '// tfjs has no groups: convolve each group and join.',
      `const kernels = tf.split(weight, ${c.groups}, 3);`,
      `let y = tf.concat(tf.split(x, ${c.groups}, 3).map((part, g) => ${call('part', 'kernels[g]')}), 3);`,
    );
  if (apart)
    lines.push(
      '// tfjs refuses stride with dilation: take every stride-th window.',
      `y = tf.stridedSlice(y, [0, 0, 0, 0], y.shape, [1, ${c.stride[0]}, ${c.stride[1]}, 1]);`,
    );
  if (c.bias) {
    lines.push(
      isWritten(c, 'bias')
        ? `y = y.add(tf.tensor1d([${Array.from(c.bias, (v) => Number(v.toPrecision(9))).join(', ')}]));`
        : `y = y.add(tf.randomNormal([${co}]));${drawn('bias', c.bias)}`,
    );
  }
  lines.push('y = y.transpose([0, 3, 1, 2]);', `console.log(y.shape); // [1, ${c.outputShape.join(', ')}]`);
  if (areAllWritten(c)) lines.push('y.print();');
  return `${lines.join('\n')}\n`;
}

export interface CodeSpan {
  readonly kind: 'keyword' | 'number' | 'string' | 'comment' | 'plain';
  readonly text: string;
}

/** A row of numbers is one token: a map has thousands. */
const TOKEN =
  /(?<comment>#.*|\/\/.*)|(?<string>'[^'\n]*')|(?<keyword>\b(?:import|from|as|with|const|let|return|None|True|False)\b)|(?<number>-?\b\d+(?:\.\d+)?(?:e-?\d+)?\b(?:, -?\d+(?:\.\d+)?(?:e-?\d+)?\b)*)/g;

/** Splits code into spans for syntax colouring. The spans joined are the code again. */
export function highlight(code: string): CodeSpan[] {
  const spans: CodeSpan[] = [];
  let at = 0;
  for (const match of code.matchAll(TOKEN)) {
    if (match.index > at) spans.push({ kind: 'plain', text: code.slice(at, match.index) });
    const kind = (['comment', 'string', 'keyword', 'number'] as const).find(
      (k) => match.groups?.[k] !== undefined,
    )!;
    spans.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < code.length) spans.push({ kind: 'plain', text: code.slice(at) });
  return spans;
}
