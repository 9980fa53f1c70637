/** Starts the tensorboard command with its default data server and reads runs over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Value } from './compare.js';

/** Turns sampling off: more than any log here holds. (0 should mean all, but gives no scalars.) */
const ALL = 'scalars=1000000000,histograms=1000000000,images=1000000000,text=1000000000';

/**
 * Scalars, histograms, pictures and texts as TensorBoard's page gets them.
 * @throws when the server does not come up or an answer is not a success.
 */
export async function readOverHttp(tensorboard: string, logdir: string): Promise<Value[]> {
  const server = spawn(
    tensorboard,
    [
      '--logdir',
      logdir,
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--load_fast',
      'true',
      '--samples_per_plugin',
      ALL,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    const base = await addressOf(server);
    await waitForRuns(base);
    const values = [
      ...(await readSeries(base, 'scalars', ([, , value]) => ({ value }))),
      ...(await readSeries(base, 'histograms', ([, , buckets]) => ({ buckets }))),
      ...(await readTexts(base)),
      ...(await readImages(base)),
    ];
    return values;
  } finally {
    server.kill();
  }
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /(http:\/\/[\w.]+:\d+)\//.exec(output);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`tensorboard ended with ${code}:\n${output}`)));
  });
}

/** TensorBoard does not say when it has finished loading, so poll. */
const LOOK_AGAIN_MS = 500;

/** The data server loads in the background. It is done when two polls give the same answer. */
async function waitForRuns(base: string): Promise<void> {
  let before = '';
  for (let look = 0; look < 60; look++) {
    const plugins = ['scalars', 'histograms', 'images', 'text'];
    const answers = await Promise.all(plugins.map((plugin) => get(base, `${plugin}/tags`)));
    const now = JSON.stringify(answers);
    const found = answers.some((runs) => Object.values(runs).some((tags) => Object.keys(tags).length > 0));
    if (now === before && found) return;
    before = now;
    await delay(LOOK_AGAIN_MS);
  }
  throw new Error('TensorBoard found no runs within 30 s.');
}

type TagsByRun = Record<string, Record<string, unknown>>;

async function get<T = TagsByRun>(base: string, path: string): Promise<T> {
  const answer = await fetch(`${base}/data/plugin/${path}`);
  if (!answer.ok) throw new Error(`TensorBoard answers ${answer.status} to ${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

function query(run: string, tag: string): string {
  return `?run=${encodeURIComponent(run)}&tag=${encodeURIComponent(tag)}`;
}

async function readSeries(
  base: string,
  plugin: 'scalars' | 'histograms',
  details: (point: readonly [number, number, unknown]) => object,
): Promise<Value[]> {
  const values: Value[] = [];
  for (const [run, tags] of Object.entries(await get(base, `${plugin}/tags`))) {
    for (const tag of Object.keys(tags)) {
      const path = plugin === 'scalars' ? 'scalars/scalars' : 'histograms/histograms';
      for (const point of await get<[number, number, unknown][]>(base, path + query(run, tag))) {
        values.push({ run, tag, plugin, step: point[1], wallTime: point[0], ...details(point) });
      }
    }
  }
  return values;
}

async function readTexts(base: string): Promise<Value[]> {
  const values: Value[] = [];
  for (const [run, tags] of Object.entries(await get<Record<string, string[]>>(base, 'text/tags'))) {
    for (const tag of tags) {
      type Text = { step: number; wall_time: number; text: string };
      for (const { step, wall_time: wallTime, text } of await get<Text[]>(
        base,
        `text/text${query(run, tag)}`,
      )) {
        values.push({ run, tag, plugin: 'text', step, wallTime, html: text });
      }
    }
  }
  return values;
}

async function readImages(base: string): Promise<Value[]> {
  const values: Value[] = [];
  for (const [run, tags] of Object.entries(await get(base, 'images/tags'))) {
    for (const [tag, about] of Object.entries(tags)) {
      const { samples } = about as { samples: number };
      const byStep = new Map<number, { wallTime: number; sha256: string[] }>();
      for (let sample = 0; sample < samples; sample++) {
        type Image = { step: number; wall_time: number; query: string };
        const images = await get<Image[]>(base, `images/images${query(run, tag)}&sample=${sample}`);
        for (const { step, wall_time: wallTime, query: one } of images) {
          const answer = await fetch(`${base}/data/plugin/images/individualImage?${one}`);
          const bytes = new Uint8Array(await answer.arrayBuffer());
          const known = byStep.get(step) ?? { wallTime, sha256: [] };
          known.sha256.push(createHash('sha256').update(bytes).digest('hex'));
          byStep.set(step, known);
        }
      }
      for (const [step, { wallTime, sha256 }] of byStep)
        values.push({ run, tag, plugin: 'images', step, wallTime, sha256 });
    }
  }
  return values;
}
