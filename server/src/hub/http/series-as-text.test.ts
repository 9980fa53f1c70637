/** Series as CSV and JSON, and single values of them. */
import { SERIES_LIMITS, valuesAnswerSchema } from '@convscope/shared/protocol/series.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import { describe, expect, it } from 'vitest';
import { scalar } from '../testing/run-bytes.js';
import type { TestHub } from '../testing/test-hub.js';
import { hubOf, post, steps } from './testing/series-requests.js';

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
