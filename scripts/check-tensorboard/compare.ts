/** Compares what TensorBoard read with what `convscope dump` prints, value by value. */

export interface Value {
  readonly run: string;
  readonly tag: string;
  readonly [name: string]: unknown;
}

export interface Row {
  readonly plugin: string;
  readonly tags: number;
  readonly values: number;
  readonly differences: number;
}

/** The TensorBoard plugin that shows each of our kinds. */
const PLUGIN_OF_KIND: Readonly<Record<string, string>> = {
  scalar: 'scalars',
  histogram: 'histograms',
  image: 'images',
  channels: 'images',
  text: 'text',
  'run-start': 'text',
  'run-end': 'text',
  hparams: 'hparams',
};

/** The fields that are compared, by plugin. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  scalars: ['value'],
  histograms: ['buckets'],
  images: ['width', 'height', 'sha256'],
  text: ['shape', 'strings'],
  hparams: ['part', 'values'],
};

export interface Comparison {
  readonly rows: Row[];
  /** One line per difference. */
  readonly differences: string[];
}

/** @param dumped lines of `dump --json --values`; gaps among them are differences. */
export function compare(read: readonly Value[], dumped: readonly Value[]): Comparison {
  const differences: string[] = [];
  const theirs = byTag(read);
  const ours = byTag(dumped.map(asTensorBoardSees));
  const rows = new Map<string, { tags: number; values: number; differences: number }>();
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    const [left = [], right = []] = [theirs.get(key), ours.get(key)];
    const plugin = String((left[0] ?? right[0])?.plugin ?? '') || 'none';
    const row = rows.get(plugin) ?? { tags: 0, values: 0, differences: 0 };
    rows.set(plugin, row);
    row.tags++;
    row.values += left.length;
    const found = differencesOfTag(left, right);
    row.differences += found.length;
    differences.push(...found.map((text) => `${key}: ${text}`));
  }
  return { rows: [...rows].map(([plugin, row]) => ({ plugin, ...row })), differences };
}

function differencesOfTag(read: readonly Value[], dumped: readonly Value[]): string[] {
  if (read.length !== dumped.length)
    return [`TensorBoard reads ${read.length} values, dump prints ${dumped.length}`];
  const found: string[] = [];
  for (const [index, left] of read.entries()) {
    const right = dumped[index]!;
    const fields = FIELDS[String(left.plugin)] ?? ['shape', 'values'];
    for (const field of ['plugin', 'step', 'wallTime', ...fields]) {
      if (right[field] === undefined && right.kind !== undefined && isUnread(right, field)) continue;
      const [a, b] = [JSON.stringify(sorted(left[field])), JSON.stringify(sorted(right[field]))];
      if (a !== b) found.push(`value ${index}, ${field}: TensorBoard ${short(a)}, dump ${short(b)}`);
    }
  }
  return found;
}

/** Whether dump does not print the field: the Markdown of a run's start and end, unread records, non-numeric tensors. */
function isUnread(line: Value, field: string): boolean {
  if (line.kind === 'run-start' || line.kind === 'run-end') return field === 'strings';
  if (line.kind === 'other') return field === 'shape' || field === 'values';
  return line.kind === 'tensor' && field === 'values' && line.dtype === 'string';
}

function asTensorBoardSees(line: Value): Value {
  const plugin = PLUGIN_OF_KIND[String(line.kind)] ?? line.plugin;
  if (line.kind === 'run-start' || line.kind === 'run-end') return { ...line, plugin, shape: [] };
  if (line.kind !== 'channels') return { ...line, plugin };
  const { width, height, channels, columns } = line as unknown as Record<
    'width' | 'height' | 'channels' | 'columns',
    number
  >;
  return { ...line, plugin, width: width * columns, height: height * Math.ceil(channels / columns) };
}

function byTag(values: readonly Value[]): Map<string, Value[]> {
  const tags = new Map<string, Value[]>();
  for (const value of values) {
    const key = `${value.run} ${value.tag}`;
    const known = tags.get(key);
    if (known === undefined) tags.set(key, [value]);
    else known.push(value);
  }
  return tags;
}

/** An object with its keys sorted, so that equal objects print alike. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function short(text: string | undefined): string {
  if (text === undefined) return 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
