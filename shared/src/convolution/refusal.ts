/** The parameter that caused a refusal, so that a form can show the message beside the right field. */
export type RefusedField =
  | 'input'
  | 'weight'
  | 'bias'
  | 'kernelSize'
  | 'inChannels'
  | 'outChannels'
  | 'stride'
  | 'padding'
  | 'outputPadding'
  | 'dilation'
  | 'groups'
  | 'paddingMode';

/** A convolution that PyTorch refuses. The message is PyTorch's own, since that is what people search for. */
export class ConvolutionRefusal extends Error {
  readonly field: RefusedField;
  /** The exception that PyTorch raises. */
  readonly pytorchType: 'RuntimeError' | 'ValueError' | 'TypeError' | 'IndexError' | 'NotImplementedError';

  constructor(
    field: RefusedField,
    message: string,
    pytorchType: ConvolutionRefusal['pytorchType'] = 'RuntimeError',
  ) {
    super(message);
    this.name = 'ConvolutionRefusal';
    this.field = field;
    this.pytorchType = pytorchType;
  }
}

/** [1, 3, 8, 8], as PyTorch prints sizes. */
export function sizes(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
