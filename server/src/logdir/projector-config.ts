/** Reads the text form of the protobuf that names the embeddings of a run for TensorBoard's projector. */

export interface ProjectedTensor {
  readonly name: string;
  /** Paths of files, as the text has them: usually relative to its folder. The values lie in a checkpoint if there is no `tensor`. */
  readonly tensor?: string;
  readonly metadata?: string;
  readonly sprite?: string;
  readonly bookmarks?: string;
  /** Points and dimensions, if it states them. */
  readonly shape?: readonly [points: number, dimensions: number];
}

export interface ProjectorConfig {
  readonly tensors: readonly ProjectedTensor[];
  /** From which character on the text is not such a protobuf; absent if all of it is. */
  readonly brokenAt?: number;
}

/** A message: its fields in their order. A value is a text, a message, or a bare word such as a number. */
type Message = (readonly [field: string, value: string | Message])[];

/** Messages in messages. The projector's have three levels. */
const MOST_LEVELS = 8;

/** Spaces and comments, then a string, a word or a sign. */
const TOKEN = /(?:\s|#[^\n]*)*(?:("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([\w.+-]+)|([{}<>:;,[\]]))/y;
const ESCAPE = /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|(.))/g;
const CONTROLS: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' },
};

export function readProjectorConfig(text: string): ProjectorConfig {
  const root: Message = [];
  const brokenAt = readMessage(text, root);
  const tensors = root.flatMap(([field, value]) =>
    field === 'embeddings' && typeof value === 'object' ? [tensorOf(value)] : [],
  );
  return { tensors, ...(brokenAt === undefined ? {} : { brokenAt }) };
}

function tensorOf(message: Message): ProjectedTensor {
  const text = (of: Message, field: string): string | undefined => {
    const found = of.findLast(([name, value]) => name === field && typeof value === 'string' && value !== '');
    return found?.[1] as string | undefined;
  };
  const sprite = message.findLast(([name, value]) => name === 'sprite' && typeof value === 'object')?.[1];
  const [points, dimensions, ...more] = message
    .filter(([name]) => name === 'tensor_shape')
    .map(([, value]) => Number(value));
  const isShape = [points, dimensions].every((one) => Number.isSafeInteger(one)) && more.length === 0;
  const paths = {
    tensor: text(message, 'tensor_path'),
    metadata: text(message, 'metadata_path'),
    sprite: typeof sprite === 'object' ? text(sprite, 'image_path') : undefined,
    bookmarks: text(message, 'bookmarks_path'),
  };
  return {
    name: text(message, 'tensor_name') ?? '',
    ...Object.fromEntries(Object.entries(paths).filter(([, path]) => path !== undefined)),
    ...(isShape ? { shape: [points!, dimensions!] as const } : {}),
  };
}

/** Reads fields into the message. Returns where the text is something else. */
function readMessage(text: string, root: Message): number | undefined {
  const open: { readonly message: Message; readonly end: string }[] = [{ message: root, end: '' }];
  let field = '';
  /** The field whose values a list holds. */
  let listed = '';
  let afterString = false;
  TOKEN.lastIndex = 0;
  for (let at = 0; ; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    const { message, end } = open.at(-1)!;
    if (token === null) {
      const isAll = /^(?:\s|#[^\n]*)*$/.test(text.slice(at)) && open.length === 1 && field === '';
      return isAll ? undefined : at;
    }
    const [, string, word, sign] = token;
    if (string !== undefined && afterString && field === '') {
      // As in C, strings that follow each other are one.
      const [name, before] = message.pop()!;
      message.push([name, `${String(before)}${unquoted(string)}`]);
    } else if (string !== undefined || (word !== undefined && field !== '')) {
      if (field === '') return at;
      message.push([field, string === undefined ? word! : unquoted(string)]);
      field = '';
    } else if (sign === '[' && field !== '') listed = field;
    else if (sign === ']') [field, listed] = ['', ''];
    else if (sign === ',' && listed !== '') field = listed;
    else if (word !== undefined) field = word;
    else if (sign === '{' || sign === '<') {
      if (field === '' || open.length > MOST_LEVELS) return at;
      const below: Message = [];
      message.push([field, below]);
      open.push({ message: below, end: sign === '{' ? '}' : '>' });
      field = '';
    } else if (sign === '}' || sign === '>') {
      if (sign !== end || field !== '') return at;
      open.pop();
    }
    afterString = string !== undefined;
  }
}

/** What a string literal says. Its escapes are bytes, of which several may be one letter in UTF-8. */
function unquoted(literal: string): string {
  const parts: Buffer[] = [];
  const inner = literal.slice(1, -1);
  let end = 0;
  for (const match of inner.matchAll(ESCAPE)) {
    const [whole, octal, hex, letter = ''] = match;
    parts.push(Buffer.from(inner.slice(end, match.index)));
    if (octal !== undefined) parts.push(Buffer.of(Number.parseInt(octal, 8) & 255));
    else if (hex !== undefined) parts.push(Buffer.of(Number.parseInt(hex, 16)));
    else parts.push(Buffer.from(CONTROLS[letter] ?? letter));
    end = match.index + whole.length;
  }
  parts.push(Buffer.from(inner.slice(end)));
  return Buffer.concat(parts).toString();
}
