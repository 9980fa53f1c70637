/** Generates complete PyTorch and tfjs programs that compute what the lab shows. */

export interface ProgramInput {
  readonly inputShape: readonly [channels: number, height: number, width: number];
  readonly weightShape: readonly [out: number, inPerGroup: number, height: number, width: number];
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
}

/** Larger tensors are not written out: the program draws random values of the same shape instead. */
const MOST_VALUES = 64;

function pair([a, b]: readonly [number, number]): string {
  return a === b ? String(a) : `(${a}, ${b})`;
}

function list(values: Float64Array, perLine: number, indent: string): string {
  const texts = Array.from(values, (v) => String(Number(v.toPrecision(9))));
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += perLine) lines.push(indent + texts.slice(i, i + perLine).join(', '));
  return lines.join(',\n');
}

export function pytorchCode(c: ProgramInput): string {
  const [ci, h, w] = c.inputShape;
  const [co, perGroup, kh, kw] = c.weightShape;
  const tensor = (values: Float64Array, shape: readonly number[]) =>
    values.length <= MOST_VALUES
      ? `torch.tensor([\n${list(values, shape[shape.length - 1]!, '    ')}\n]).double().reshape(${shape.join(', ')})`
      : `torch.randn(${shape.join(', ')}, dtype=torch.float64)`;
  const padding = typeof c.padding === 'string' ? `'${c.padding}'` : pair(c.padding);
  const lines = ['import torch'];
  const weight = `weight = ${tensor(c.weight, [co, perGroup, kh, kw])}`;
  const bias = c.bias
    ? c.bias.length <= MOST_VALUES
      ? `bias = torch.tensor([${Array.from(c.bias, (v) => Number(v.toPrecision(9))).join(', ')}]).double()`
      : `bias = torch.randn(${co}, dtype=torch.float64)`
    : undefined;
  if (c.paddingMode === 'zeros') {
    lines.push('import torch.nn.functional as F', '', `x = ${tensor(c.input, [1, ci, h, w])}`, weight);
    if (bias) lines.push(bias);
    lines.push(
      `y = F.conv2d(x, weight, ${bias ? 'bias' : 'bias=None'}, stride=${pair(c.stride)}, padding=${padding},`,
      `             dilation=${pair(c.dilation)}, groups=${c.groups})`,
    );
  } else {
    lines.push('from torch import nn', '', `x = ${tensor(c.input, [1, ci, h, w])}`, weight);
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
  if (c.input.length <= MOST_VALUES && c.weight.length <= MOST_VALUES) lines.push('print(y)');
  return `${lines.join('\n')}\n`;
}

export function tfjsCode(c: ProgramInput): string {
  const [ci, h, w] = c.inputShape;
  const [co, perGroup, kh, kw] = c.weightShape;
  const tensor = (values: Float64Array, shape: readonly number[]) =>
    values.length <= MOST_VALUES
      ? `tf.tensor([\n${list(values, shape[shape.length - 1]!, '  ')},\n], [${shape.join(', ')}])`
      : `tf.randomNormal([${shape.join(', ')}])`;
  const lines = [
    "import * as tf from '@tensorflow/tfjs';",
    '',
    '// PyTorch is NCHW, tfjs is NHWC: transpose at the border.',
    `let x = ${tensor(c.input, [1, ci, h, w])}.transpose([0, 2, 3, 1]);`,
    `const weight = ${tensor(c.weight, [co, perGroup, kh, kw])}.transpose([2, 3, 1, 0]);`,
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
      c.bias.length <= MOST_VALUES
        ? `y = y.add(tf.tensor1d([${Array.from(c.bias, (v) => Number(v.toPrecision(9))).join(', ')}]));`
        : `y = y.add(tf.randomNormal([${co}]));`,
    );
  }
  lines.push('y = y.transpose([0, 3, 1, 2]);', `console.log(y.shape); // [1, ${c.outputShape.join(', ')}]`);
  if (c.input.length <= MOST_VALUES && c.weight.length <= MOST_VALUES) lines.push('y.print();');
  return `${lines.join('\n')}\n`;
}

export interface CodeSpan {
  readonly kind: 'keyword' | 'number' | 'string' | 'comment' | 'plain';
  readonly text: string;
}

const TOKEN =
  /(?<comment>#.*|\/\/.*)|(?<string>'[^'\n]*')|(?<keyword>\b(?:import|from|as|with|const|let|return|None|True|False)\b)|(?<number>-?\b\d+(?:\.\d+)?(?:e-?\d+)?\b)/g;

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
