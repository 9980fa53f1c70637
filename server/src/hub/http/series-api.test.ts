import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { SERIES_LIMITS } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { describe, expect, it } from 'vitest';
import { ORACLES, oracleJson, picture, scalar } from '../testing/run-bytes.js';
import { startTestHub, waitFor } from '../testing/test-hub.js';
import { contents, get, hubOf, post, steps } from './testing/series-requests.js';

describe('which series are answered', () => {
  const runs = {
    'lr-1/seed-1': [...steps('loss', 3), ...steps('val/loss', 1), picture('map', 1, 100)],
    'lr-1/seed-2': steps('loss', 4),
    'lr-2/seed-1': [...steps('loss', 5), ...steps('val/acc', 2)],
  };

  it('is said by names, in the order of the request', async () => {
    const hub = await hubOf(runs);
    const answer = await get(hub, 'run=lr-2/seed-1&run=lr-1/seed-2&tag=val/acc&tag=loss');
    expect(contents(answer)).toEqual([
      ['lr-2/seed-1', 'val/acc', 2],
      ['lr-2/seed-1', 'loss', 5],
      ['lr-1/seed-2', 'loss', 4],
    ]);
    expect(answer.refused).toEqual([]);
    const generation = hub.logdir.runs.get('lr-2/seed-1')?.generation;
    expect(answer.runs[0]).toEqual({ run: 'lr-2/seed-1', generation });
  });

  it('is said by a part of the runs’ ids and the beginning of the tags, or not at all', async () => {
    const hub = await hubOf(runs);
    expect(contents(await get(hub, 'runFilter=SEED-1&tagPrefix=val/'))).toEqual([
      ['lr-1/seed-1', 'val/loss', 1],
      ['lr-2/seed-1', 'val/acc', 2],
    ]);
    expect(contents(await get(hub, ''))).toHaveLength(5);
  });

  it('and a body says it as an address does, for more names than an address holds', async () => {
    const hub = await hubOf(runs);
    const many = Array.from({ length: 4000 }, (_, i) => `lr-9/seed-${i}`);
    const response = await post(hub, 'series', { runs: [...many, 'lr-1/seed-2'], tags: ['loss'] });
    const answer = decodeSeries(new Uint8Array(await response.arrayBuffer()));
    expect(contents(answer)).toEqual([['lr-1/seed-2', 'loss', 4]]);
    expect(answer.refused).toHaveLength(SERIES_LIMITS.refusals + 1);
    expect(answer.refused[0]).toEqual({ run: 'lr-9/seed-0', reason: expect.stringContaining('no such run') });
    expect(answer.refused.at(-1)?.series).toBe(3000);
  });

  it('may name a run and a tag as long as the log may hold', async () => {
    const run = ['a', 'b', 'c'].map((letter) => letter.repeat(250)).join('/');
    const tag = '日'.repeat(Math.floor(LIMITS.tagLength / 3));
    const hub = await hubOf({ [run]: steps(tag, 2), short: steps('loss', 1) });
    const address = await get(hub, new URLSearchParams({ run, tag }).toString());
    const response = await post(hub, 'series', { runs: [run, 'short'], tags: [tag, 'loss'] });
    expect(contents(address)).toEqual([[run, tag, 2]]);
    expect(contents(decodeSeries(new Uint8Array(await response.arrayBuffer())))).toEqual([
      [run, tag, 2],
      ['short', 'loss', 1],
    ]);
  });

  it('and what is not there is refused by itself', async () => {
    const hub = await hubOf(runs);
    const long = 'x'.repeat(5000);
    const answer = await get(hub, `run=${long}&run=lr-1/seed-2&tag=loss&tag=none&tag=map`);
    expect(contents(answer)).toEqual([['lr-1/seed-2', 'loss', 4]]);
    expect(answer.refused).toEqual([
      { run: long, reason: expect.stringContaining('no such run') },
      { tag: 'none', reason: expect.stringContaining('scalars of this tag') },
      { tag: 'map', reason: expect.stringContaining('scalars of this tag') },
    ]);
  });
});

type Row = [step: number, wallTime: number, value: number];

interface ExpectedTag {
  readonly events: readonly { step: number; wall_time: number; value?: number | string }[];
  readonly data_server: 'same' | readonly (readonly (number | string)[])[];
}

/** Logs by other programs that hold scalars. */
const FIXTURES = [
  ...['keras', 'tensorboardx', 'tf1-summary', 'tf2-summary', 'torch-add-scalars', 'torch-hparams'],
  ...['torch-purge-step', 'torch-restart', 'torch-runs', 'torch-scalars', 'torch-scalars-edge', 'torch-tags'],
];

function inOrder(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
}

describe('what is answered of a series', () => {
  it.each(FIXTURES)(
    'of the log %s is what TensorBoard reads, each replaced row in a branch',
    async (fixture) => {
      const { runs } = oracleJson<{ runs: Record<string, { tags: Record<string, ExpectedTag> }> }>(
        `${fixture}/expected.json`,
      );
      const hub = await startTestHub({ logdir: new URL(`${fixture}/`, ORACLES).pathname });
      await waitFor(async () => {
        await hub.logdir.settled();
        for (const run of Object.keys(runs)) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
      });
      const answer = await get(hub, 'points=100000&replaced=1');
      const found = new Map<string, { kept: Row[]; all: Row[] }>();
      for (const series of answer.series) {
        if (series.kind !== 'points') throw new Error('The series came as columns.');
        const rows = Array.from(
          series.steps,
          (step, at): Row => [step, series.wallTimes[at]!, series.values[at]!],
        );
        const key = JSON.stringify([answer.runs[series.run]!.run, answer.tags[series.tag]]);
        const known = found.get(key) ?? { kept: [], all: [] };
        found.set(key, { kept: series.branch === 0 ? rows : known.kept, all: [...known.all, ...rows] });
      }
      const isScalar = ({ events }: ExpectedTag) => events[0] !== undefined && 'value' in events[0];
      const expected = Object.entries(runs).flatMap(([run, { tags }]) =>
        Object.entries(tags)
          .filter(([, tag]) => isScalar(tag))
          .map(([tag, described]) => ({ key: JSON.stringify([run, tag]), ...described })),
      );
      expect([...found.keys()].sort()).toEqual(expected.map(({ key }) => key).sort());
      for (const { key, events, data_server } of expected) {
        const { kept, all } = found.get(key)!;
        const logged = events.map(({ step, wall_time, value }): Row => [step, wall_time, Number(value)]);
        expect(inOrder(all)).toEqual(inOrder(logged));
        // Its data server does not read torch's double_precision at all.
        if (data_server.length === 0) continue;
        expect(kept).toEqual(data_server === 'same' ? logged : data_server.map((row) => row.map(Number)));
      }
    },
  );

  it('is a chart of ten long runs in less than 200 kB', async () => {
    const frames = steps('loss', 20_000, (step) => Math.sin(step) / (1 + step));
    const hub = await hubOf(
      Object.fromEntries(Array.from({ length: 10 }, (_, run) => [`run${run}`, frames])),
    );
    const response = await fetch(`${hub.url}/api/v1/series?tag=loss&width=900`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBeLessThan(200_000);
    const { series } = decodeSeries(bytes);
    expect(series.map(({ kind, total }) => [kind, total])).toEqual(Array(10).fill(['columns', 20_000]));
  });

  it('spans all series of its tag, so that the columns of several runs lie above each other', async () => {
    const hub = await hubOf({ a: steps('loss', 100), b: steps('loss', 1000), c: steps('other', 5) });
    const { series } = await get(hub, 'width=10&points=0');
    expect(series.map(({ from, to }) => [from, to])).toEqual([
      [0, 999],
      [0, 999],
      [0, 4],
    ]);
  });

  it('is relative time since the first record of the run', async () => {
    const hub = await hubOf({
      a: [scalar('first', 10, 0), ...steps('loss', 3).slice(2), scalar('loss', 30, 1)],
    });
    const { series } = await get(hub, 'tag=loss&x=relative');
    expect(series[0]).toMatchObject({ from: 0, to: 28, firstX: 0, lastX: 28 });
  });
});

describe('what a request may not ask for', () => {
  it.each([
    ['width=0', 'width'],
    ['width=9000', 'width'],
    ['width=1.5', 'width'],
    ['from=abc', 'from'],
    ['to=1e999', 'to'],
    ['x=time', 'x'],
    ['smoothing=1', 'smoothing'],
    ['points=-1', 'points'],
    ['format=xml', 'format'],
    ['replaced=yes', 'replaced'],
    [`tagPrefix=${'x'.repeat(5000)}`, 'tagPrefix'],
  ])('%s is refused with the name of the parameter', async (query, name) => {
    const hub = await hubOf({});
    const response = await fetch(`${hub.url}/api/v1/series?${query}`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toContain(`The parameter ${name} `);
  });

  it('is a body that is not JSON, or larger than allowed, and other methods', async () => {
    const hub = await hubOf({});
    expect((await post(hub, 'series', '{}', 'text/plain')).status).toBe(415);
    expect((await post(hub, 'series', '{', 'application/json')).status).toBe(400);
    expect((await post(hub, 'series', { runs: ['x'.repeat(SERIES_LIMITS.bodyBytes)] })).status).toBe(413);
    const put = await fetch(`${hub.url}/api/v1/series`, { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect((await post(hub, 'listing', {})).status).toBe(405);
  });

  it('and a foreign page may not ask at all, by POST no more than by GET', async () => {
    const hub = await hubOf({ a: steps('loss', 1) });
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Content-Type': 'application/json' };
    const answers = await Promise.all([
      fetch(`${hub.url}/api/v1/series`, { headers }),
      fetch(`${hub.url}/api/v1/series`, { method: 'POST', headers, body: '{}' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  });

  it('and a viewer beyond this machine needs the cookie', async () => {
    const hub = await startTestHub({ host: '192.0.2.1', viewToken: 'view-token-0123456789-0123456789-0123' });
    for (const path of ['series', 'values', 'listing', 'blob'])
      expect((await fetch(`${hub.url}/api/v1/${path}`)).status).toBe(401);
    expect((await post(hub, 'series', {})).status).toBe(401);
  });
});
