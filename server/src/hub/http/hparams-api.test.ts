import { appendFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHparamsEnd, createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import { type HparamsAnswer, hparamsAnswerSchema } from '@convscope/shared/protocol/hparams.js';
import { expect, it } from 'vitest';
import { frames, hparams, ORACLES, oracleJson, runHead, scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

async function hubOf(runs: Readonly<Record<string, Uint8Array>>): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  for (const [run, bytes] of Object.entries(runs)) {
    await mkdir(join(logdir, run), { recursive: true });
    await writeFile(join(logdir, run, TORCH_FILE), bytes);
  }
  return readHub(logdir);
}

async function readHub(logdir: string): Promise<TestHub> {
  const hub = await startTestHub({ logdir });
  await waitFor(async () => {
    await hub.logdir.settled();
    expect([...hub.logdir.runs.values()].every((run) => run.summary().readToEnd)).toBe(true);
    expect(hub.logdir.runs.size).toBeGreaterThan(0);
  });
  return hub;
}

async function ask(hub: TestHub): Promise<HparamsAnswer> {
  return hparamsAnswerSchema.parse(await (await fetch(`${hub.url}/api/v1/hparams`)).json());
}

interface Expected {
  readonly runs: Readonly<
    Record<string, { readonly tags: Readonly<Record<string, { readonly events: readonly Event[] }>> }>
  >;
}
interface Event {
  readonly hparams_plugin_data?: {
    readonly sessionStartInfo?: {
      readonly hparams: Readonly<Record<string, unknown>>;
      readonly groupName?: string;
      readonly startTimeSecs?: number;
    };
    readonly sessionEndInfo?: { readonly status: string };
    readonly experiment?: { readonly metricInfos: readonly { readonly name: { readonly tag: string } }[] };
  };
}

it("says of torch's trials what TensorBoard reads in them", async () => {
  const logdir = join(await temporaryFolder(), 'runs');
  await cp(fileURLToPath(new URL('torch-hparams', ORACLES)), logdir, { recursive: true });
  const hub = await readHub(logdir);
  const { runs, experiments } = await ask(hub);
  const expected = oracleJson<Expected>('torch-hparams/expected.json');
  const trials = Object.entries(expected.runs).filter(([, { tags }]) => Object.keys(tags).length > 0);
  expect(runs.map(({ run }) => run).sort()).toEqual(trials.map(([run]) => run).sort());
  for (const [run, { tags }] of trials) {
    const data = Object.values(tags).flatMap(({ events }) =>
      events.flatMap((event) => event.hparams_plugin_data ?? []),
    );
    const start = data.flatMap(({ sessionStartInfo }) => sessionStartInfo ?? [])[0]!;
    const found = runs.find((one) => one.run === run)!;
    expect(found.values).toEqual(start.hparams);
    expect(found.status).toBe('success');
    const metrics = data
      .flatMap(({ experiment }) => experiment?.metricInfos ?? [])
      .map(({ name }) => name.tag);
    expect(experiments.find((one) => one.run === run)?.metrics.map(({ tag }) => tag)).toEqual(metrics);
  }
});

it('gives a whole configuration, of which the list of runs has only a part', async () => {
  const config = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`value${at}`, at]));
  const long = 'x'.repeat(5000);
  const hub = await hubOf({
    ours: runHead('0123456789abcdef', { config: { ...config, long } }),
    none: scalar('loss', 1, 1),
  });
  expect(hub.logdir.runs.get('ours')?.summary().configOmitted).toBeGreaterThan(0);
  const { runs } = await ask(hub);
  expect(runs.map(({ run }) => run)).toEqual(['ours']);
  expect(runs[0]).toMatchObject({ values: config, omitted: 1 });
});

it('follows a run that is resumed with other values, and its end', async () => {
  const hub = await hubOf({ a: hparams({ lr: 0.1, seed: 1 }) });
  expect((await ask(hub)).runs[0]).toMatchObject({ values: { lr: 0.1, seed: 1 }, group: 'group' });
  const [, again] = createHparamsStart(
    { lr: 0.2, warmup: true, clip: Number.POSITIVE_INFINITY },
    [],
    'second',
    1_700_000_100,
  );
  await appendFile(
    join(hub.root, 'a', TORCH_FILE),
    frames(again, createHparamsEnd('failure', 1_700_000_200)),
  );
  await waitFor(async () => {
    expect((await ask(hub)).runs[0]).toMatchObject({
      values: { lr: 0.2, seed: 1, warmup: true, clip: 'Infinity' },
      group: 'second',
      started: 1_700_000_100,
      status: 'failure',
      ended: 1_700_000_200,
    });
  });
});

it('leaves out what is damaged, and gives the rest', async () => {
  const content = Uint8Array.of(0x1a, 0x7f);
  const [experiment, start] = createHparamsStart({ lr: 1 }, [], 'a', 1);
  const hub = await hubOf({
    a: frames(experiment, { ...start, content }, scalar1()),
    b: frames(experiment, start),
  });
  const { runs } = await ask(hub);
  expect(runs.map(({ run, values }) => [run, values])).toEqual([['b', { lr: 1 }]]);
});

function scalar1() {
  return { kind: 'scalar', tag: 'loss', step: 1, wallTime: 1, value: 1 } as const;
}
