/** Files beside the logs, as rows of a table. */
import type { Beside, FileBeside, FilesAnswer } from '@convscope/shared/protocol/files-beside.js';
import { formatStep, plural } from '../../ui/format.js';

/** A tensor at all its steps, a profile, or the traces of a process. */
export interface BesideRow {
  readonly run: string;
  readonly kind: Beside['kind'];
  readonly name: string;
  /** How much there is of it: steps and points, or files. */
  readonly count: string;
  /** Steps, or the times that a profile's folder or traces are named by. */
  readonly when: string;
  readonly bytes: number;
  /** Of the newest step. */
  readonly newest: readonly FileBeside[];
  /** Of the steps before it, the newer ones first. */
  readonly earlier: readonly FileBeside[];
  readonly problems: readonly string[];
}

/** The rows of a run, by name. */
export function besideRows({ run, beside }: Pick<FilesAnswer, 'run' | 'beside'>): BesideRow[] {
  const byName = new Map<string, Beside[]>();
  for (const one of beside) {
    const key = `${one.kind}\n${one.name}`;
    const of = byName.get(key);
    if (of === undefined) byName.set(key, [one]);
    else of.push(one);
  }
  return [...byName.values()].map((of) => rowOf(run, of));
}

function rowOf(run: string, of: readonly Beside[]): BesideRow {
  // Of equal steps the later one is newer.
  const sorted = [...of].sort((one, other) => (one.step ?? -1) - (other.step ?? -1));
  const newest = sorted.at(-1)!;
  const all = sorted.flatMap(({ files }) => files);
  const shown = new Set(newest.files.map(({ path }) => path));
  const earlier = new Map(all.reverse().map((file) => [file.path, file]));
  for (const path of shown) earlier.delete(path);
  const files = [...newest.files, ...earlier.values()];
  return {
    run,
    ...{ kind: newest.kind, name: newest.name },
    count: newest.kind === 'embedding' ? tensorsText(sorted) : plural(newest.files.length, 'file'),
    when: whenOf(sorted, newest),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    newest: newest.files,
    earlier: [...earlier.values()],
    problems: [...new Set(sorted.flatMap(({ problems = [] }) => problems))],
  };
}

function tensorsText(of: readonly Beside[]): string {
  const { points, dimensions } = of.at(-1)!;
  const shape =
    points === undefined || dimensions === undefined
      ? undefined
      : `${plural(points, 'point')} × ${formatStep(dimensions)}`;
  if (of.length === 1) return shape ?? '1 tensor';
  return `${formatStep(of.length)} tensors${shape === undefined ? '' : `, the newest ${shape}`}`;
}

function stepsText(of: readonly Beside[]): string {
  const steps = of.flatMap(({ step }) => (step === undefined ? [] : [step]));
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return '–';
  return first === last ? formatStep(first) : `${formatStep(first)} to ${formatStep(last)}`;
}

function whenOf(of: readonly Beside[], newest: Beside): string {
  if (newest.kind === 'embedding') return stepsText(of);
  return newest.kind === 'profile' ? timeOf(newest.name) : timesOf(newest.files);
}

const traceTime = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/** PyTorch's profiler names a trace by its time, in nanoseconds; before torch 2.1 in milliseconds. */
function timesOf(files: readonly FileBeside[]): string {
  const texts = files.flatMap(({ path }) => {
    const digits = /\.(\d{13}|\d{19})\.pt\.trace\.json(?:\.gz)?$/.exec(path)?.[1];
    return digits === undefined ? [] : [traceTime.format(Number(digits.slice(0, 13)))];
  });
  const [first, last] = [texts[0], texts.at(-1)];
  if (first === undefined || last === undefined) return '–';
  return first === last ? first : `${first} to ${last}`;
}

/** The profiler of TensorFlow and JAX names a folder by the local time of its machine. */
function timeOf(name: string): string {
  const parts = /^(\d{4})_(\d\d)_(\d\d)_(\d\d)_(\d\d)_(\d\d)$/.exec(name);
  if (parts === null) return '–';
  const [, year, month, day, hour, minute, second] = parts;
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
