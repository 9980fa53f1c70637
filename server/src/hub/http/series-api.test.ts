import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { SERIES_LIMITS, type SeriesAnswer, valuesAnswerSchema } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { describe, expect, it } from 'vitest';
import { ORACLES, oracleJson, picture, scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

async function hubOf(runs: Readonly<Record<string, readonly Uint8Array[]>>): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  for (const [run, frames] of Object.entries(runs)) {
    await mkdir(join(logdir, run), { recursive: true });
    await writeFile(join(logdir, run, TORCH_FILE), Buffer.concat(frames));
  }
  const hub = await startTestHub({ logdir });
  await waitFor(async () => {
    await hub.logdir.settled();
    for (const run of Object.keys(runs)) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
  });
  return hub;
}

function steps(tag: string, count: number, value = (step: number) => step): Uint8Array[] {
  return Array.from({ length: count }, (_, step) => scalar(tag, step, value(step)));
}

async function get(hub: TestHub, query: string): Promise<SeriesAnswer> {
  const response = await fetch(`${hub.url}/api/v1/series?${query}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return decodeSeries(new Uint8Array(await response.arrayBuffer()));
}

function post(hub: TestHub, path: string, body: unknown, type = 'application/json'): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${hub.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: text,
  });
}

/** Run, tag and number of points of each series. */
function contents({ runs, tags, series }: SeriesAnswer): [string | undefined, string | undefined, number][] {
  return series.map(({ run, tag, total }) => [runs[run]?.run, tags[tag], total]);
}

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

describe('as text', () => {
  const frames = [scalar('loss', 0, 0.1), scalar('loss', 1, Number.NaN), scalar('loss', 2, -Infinity)];

  it('CSV holds every point with every digit', async () => {
    const hub = await hubOf({ 'a,"b"': frames });
    const response = await fetch(`${hub.url}/api/v1/series?format=csv`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(await response.text()).toBe(
      [
        'run,tag,branch,step,wall_time,value',
        '"a,""b""",loss,0,0,1700000000,0.10000000149011612',
        '"a,""b""",loss,0,1,1700000001,NaN',
        '"a,""b""",loss,0,2,1700000002,-inf',
        '',
      ].join('\r\n'),
    );
  });

  it('JSON holds the same, and says what numbers JSON lacks as texts', async () => {
    const hub = await hubOf({ a: frames });
    const response = await fetch(`${hub.url}/api/v1/series?format=json&smoothing=0.5&run=a&run=b`);
    expect(await response.json()).toEqual({
      version: 1,
      x: 'step',
      series: [
        {
          ...{ run: 'a', tag: 'loss', generation: hub.logdir.runs.get('a')?.generation, branch: 0, rows: 3 },
          names: ['step', 'wall_time', 'value', 'smoothed'],
          values: [
            [0, 1700000000, 0.10000000149011612, 0.10000000149011612],
            [1, 1700000001, 'NaN', 'NaN'],
            [2, 1700000002, '-Infinity', '-Infinity'],
          ],
        },
      ],
      refused: [{ run: 'b', reason: expect.stringContaining('no such run') }],
    });
  });

  it('a range holds only what lies in it, and a width gives pixel columns', async () => {
    const hub = await hubOf({ a: steps('loss', 100) });
    const range = await (await fetch(`${hub.url}/api/v1/series?format=csv&from=5&to=6`)).text();
    expect(range.split('\r\n').slice(1, -1)).toEqual(['a,loss,0,5,1700000005,5', 'a,loss,0,6,1700000006,6']);
    const columns = await (await fetch(`${hub.url}/api/v1/series?format=csv&width=2`)).text();
    expect(columns.split('\r\n').slice(0, -1)).toEqual([
      'run,tag,branch,count,nan,inf,-inf,first_x,first,min_x,min,max_x,max,last_x,last',
      'a,loss,0,50,0,0,0,0,0,0,0,49,49,49,49',
      'a,loss,0,50,0,0,0,50,50,50,50,99,99,99,99',
    ]);
  });

  it('more rows than fit into one piece come one after the other', async () => {
    const hub = await hubOf({ a: steps('loss', 10_000) });
    const lines = (await (await fetch(`${hub.url}/api/v1/series?format=csv`)).text()).split('\r\n');
    expect(lines).toHaveLength(10_002);
    expect(lines[10_000]).toBe('a,loss,0,9999,1700009999,9999');
    const { series } = (await (await fetch(`${hub.url}/api/v1/series?format=json`)).json()) as {
      series: { values: number[][] }[];
    };
    expect(series[0]?.values.map(([step]) => step)).toEqual(
      Array.from({ length: 10_000 }, (_, step) => step),
    );
  });
});

describe('a run that was resumed from a checkpoint', () => {
  const frames = [...steps('loss', 6), ...[3, 4, 5, 6].map((step) => scalar('loss', step, 10 + step))];

  it('has one value a step, the newer one', async () => {
    const hub = await hubOf({ a: frames });
    const text = await (await fetch(`${hub.url}/api/v1/series?format=csv`)).text();
    expect(
      text
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(2).join()),
    ).toEqual([0, 1, 2, 13, 14, 15, 16].map((value, step) => `0,${step},${1_700_000_000 + step},${value}`));
    const { values } = (await (await fetch(`${hub.url}/api/v1/values?at=4`)).json()) as {
      values: { value: number }[];
    };
    expect(values.map(({ value }) => value)).toEqual([14]);
  });

  it('shows what was replaced as a branch, on request', async () => {
    const hub = await hubOf({ a: frames });
    const text = await (await fetch(`${hub.url}/api/v1/series?format=csv&replaced=1`)).text();
    expect(text.split('\r\n').filter((line) => line.startsWith('a,loss,1,'))).toEqual([
      'a,loss,1,3,1700000003,3',
      'a,loss,1,4,1700000004,4',
      'a,loss,1,5,1700000005,5',
    ]);
  });

  it('at every third step has more branches than an answer shows; the newest come, and the others are counted', async () => {
    const restarts = 1_500;
    const frames = Array.from({ length: 3 * restarts }, (_, at) => scalar('loss', at % 3, at));
    const hub = await hubOf({ a: frames });
    const { series, refused } = decodeSeries(
      new Uint8Array(await (await fetch(`${hub.url}/api/v1/series?replaced=1`)).arrayBuffer()),
    );
    // The last attempt is the series itself.
    const leftOut = restarts - 1 - SERIES_LIMITS.branches;
    expect(series.map(({ branch }) => branch)).toEqual([
      0,
      ...Array.from({ length: SERIES_LIMITS.branches }, (_, at) => leftOut + at + 1),
    ]);
    expect(refused).toMatchObject([{ run: 'a', tag: 'loss', branches: leftOut }]);
    const text = await (await fetch(`${hub.url}/api/v1/series?format=csv&replaced=1`)).text();
    expect(text.trimEnd().split('\r\n')).toHaveLength(1 + 3 * restarts);
  });
});

describe('the value at a place', () => {
  async function valuesAt(hub: TestHub, query: string) {
    const response = await fetch(`${hub.url}/api/v1/values?${query}`);
    return valuesAnswerSchema.parse(await response.json());
  }

  it('is the last one at or before it, or the nearest one', async () => {
    const hub = await hubOf({ a: [10, 20, 40].map((step) => scalar('loss', step, step / 10)) });
    const found = async (query: string) => (await valuesAt(hub, `tag=loss&${query}`)).values[0]?.step;
    expect(await Promise.all([9, 10, 19, 35, 99].map((at) => found(`at=${at}`)))).toEqual([
      undefined,
      10,
      10,
      20,
      40,
    ]);
    const nearest = [-5, 14, 15, 16, 31, 99].map((at) => found(`at=${at}&find=nearest`));
    expect(await Promise.all(nearest)).toEqual([10, 10, 10, 20, 40, 40]);
    expect(await found('at=1700000025&x=wall')).toBe(20);
  });

  it('comes with the smoothed value and the median on request, for many series at once', async () => {
    const hub = await hubOf({
      a: [4, 4, 8, Number.NaN].map((value, step) => scalar('loss', step, value)),
      b: steps('loss', 2),
    });
    const { values, runs } = await valuesAt(hub, 'tag=loss&at=2&smoothing=0.5&median=1');
    expect(runs.map(({ run }) => run)).toEqual(['a', 'b']);
    expect(values).toEqual([
      { run: 0, tag: 0, step: 2, wallTime: 1700000002, value: 8, smoothed: 5.5 / 0.875, median: 4 },
      { run: 1, tag: 0, step: 1, wallTime: 1700000001, value: 1, smoothed: 0.5 / 0.75, median: 0.5 },
    ]);
    expect((await valuesAt(hub, 'run=a&tag=loss&at=3')).values[0]?.value).toBe('NaN');
    const posted = await post(hub, 'values', { runs: ['b'], at: 0 });
    expect(valuesAnswerSchema.parse(await posted.json()).values[0]?.value).toBe(0);
  });
});
