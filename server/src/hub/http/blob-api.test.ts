import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { describe, expect, it } from 'vitest';
import { frames, oracleBytes, oracleJson, picture, scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

async function hubOf(bytes: Uint8Array): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  await mkdir(join(logdir, 'run'), { recursive: true });
  await writeFile(join(logdir, 'run', TORCH_FILE), bytes);
  const hub = await startTestHub({ logdir });
  await waitFor(async () => {
    await hub.logdir.settled();
    expect(hub.logdir.runs.get('run')?.summary().readToEnd).toBe(true);
  });
  return hub;
}

function blob(hub: TestHub, query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${hub.url}/api/v1/blob?${query}`, { headers });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

async function errorOf(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { error: string }).error];
}

const pictures: RunRecord = {
  ...{ kind: 'image', tag: 'map', step: 3, wallTime: 1, width: 2, height: 1 },
  images: [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2), Uint8Array.of(0xff, 0xd8, 0xff, 9)],
};
const log = Buffer.concat([
  picture('map', 1, 500),
  frames(pictures),
  scalar('map', 3, 1),
  frames({ kind: 'text', tag: 'note', step: 0, wallTime: 1, shape: [], strings: ['<b>grüße</b>'] }),
]);

describe('a record', () => {
  it('is the event that the log holds: of a step, or the newest', async () => {
    const hub = await hubOf(log);
    const newest = await blob(hub, 'run=run&tag=map');
    expect([newest.status, newest.headers.get('x-convscope-step')]).toEqual([200, '3']);
    expect(await bytesOf(newest)).toEqual(frames(pictures).subarray(12, -4));
    const first = await blob(hub, 'run=run&tag=map&kind=image&step=1');
    expect(await bytesOf(first)).toEqual(picture('map', 1, 500).subarray(12, -4));
  });

  it('gives its pictures and texts one by one, with their types', async () => {
    const hub = await hubOf(log);
    const [png, jpeg, text] = await Promise.all(
      ['tag=map&index=0', 'tag=map&index=1', 'tag=note&index=0'].map((query) =>
        blob(hub, `run=run&${query}`),
      ),
    );
    expect(png!.headers.get('content-type')).toBe('image/png');
    expect(await bytesOf(png!)).toEqual(Buffer.of(0x89, 0x50, 0x4e, 0x47, 1, 2));
    expect(jpeg!.headers.get('content-type')).toBe('image/jpeg');
    expect(await bytesOf(jpeg!)).toEqual(Buffer.of(0xff, 0xd8, 0xff, 9));
    // Never as HTML, whatever it holds.
    expect(text!.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(text!.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await text!.text()).toBe('<b>grüße</b>');
  });

  it('of 9 MB gives its picture, and its text only as a whole', async () => {
    const megabytes = 9 * 1024 * 1024;
    const large = Buffer.concat([
      picture('map', 1, megabytes),
      frames({
        ...{ kind: 'text', tag: 'note', step: 0, wallTime: 1, shape: [] },
        strings: ['x'.repeat(megabytes)],
      }),
    ]);
    const hub = await hubOf(large);
    expect(await bytesOf(await blob(hub, 'run=run&tag=map&index=0'))).toHaveLength(megabytes);
    expect(await errorOf(await blob(hub, 'run=run&tag=note&index=0'))).toEqual([
      413,
      'A record of more than 8 MB is given only as a whole.',
    ]);
    expect((await bytesOf(await blob(hub, 'run=run&tag=note'))).length).toBeGreaterThan(megabytes);
  });

  it('that cannot be decoded is given as a whole, and for a part the reason is told', async () => {
    // An event of step 1 with a value "h" that has a histogram, whose first field has the number 0.
    const histogram = [0x2a, 2, 0x00, 0x00];
    const value = [0x0a, 1, 0x68, ...histogram];
    const data = Uint8Array.of(0x10, 1, 0x2a, value.length + 2, 0x0a, value.length, ...value);
    const hub = await hubOf(Buffer.from(encodeFrame(data)));
    const whole = await blob(hub, 'run=run&tag=h&kind=histogram');
    expect([whole.status, await bytesOf(whole)]).toEqual([200, Buffer.from(data)]);
    const [status, sentence] = await errorOf(await blob(hub, 'run=run&tag=h&kind=histogram&index=0'));
    expect(status).toBe(422);
    expect(sentence).toMatch(/^The record cannot be decoded: .*number 0/);
  });

  it('of torch holds the pictures that TensorBoard reads', async () => {
    const { runs } = oracleJson<{
      runs: Record<
        string,
        { tags: Record<string, { events: { step: number; images: { sha256: string }[] }[] }> }
      >;
    }>('torch-images/expected.json');
    const hub = await hubOf(oracleBytes(`torch-images/${TORCH_FILE}`));
    const { createHash } = await import('node:crypto');
    let compared = 0;
    for (const [tag, { events }] of Object.entries(runs['.']!.tags)) {
      for (const { step, images } of events) {
        for (const [index, { sha256 }] of images.entries()) {
          const query = new URLSearchParams({ run: 'run', tag, step: String(step), index: String(index) });
          const bytes = await bytesOf(await blob(hub, query.toString()));
          expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(0);
  });

  it('that is not there is refused with a sentence', async () => {
    const hub = await hubOf(log);
    expect(await errorOf(await blob(hub, 'run=none&tag=map'))).toEqual([
      404,
      expect.stringContaining('no such run'),
    ]);
    for (const query of ['tag=none', 'tag=map&step=2', 'tag=map&kind=scalar', 'tag=map&kind=text'])
      expect((await errorOf(await blob(hub, `run=run&${query}`)))[0]).toBe(404);
    expect(await errorOf(await blob(hub, 'run=run&tag=map&index=2'))).toEqual([
      404,
      'The record has fewer pictures or texts.',
    ]);
    for (const query of ['', 'run=run', 'run=run&tag=map&step=x', 'run=run&tag=map&index=-1'])
      expect((await errorOf(await blob(hub, query)))[0]).toBe(400);
  });
});

describe('a part of a record', () => {
  it('is given for a range, and the range is said', async () => {
    const hub = await hubOf(log);
    const whole = await bytesOf(await blob(hub, 'run=run&tag=map&step=1'));
    const part = await blob(hub, 'run=run&tag=map&step=1', { Range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([
      206,
      `bytes 10-19/${whole.length}`,
      '10',
    ]);
    expect(await bytesOf(part)).toEqual(whole.subarray(10, 20));
    const outside = await blob(hub, 'run=run&tag=map&step=1', { Range: 'bytes=99999-' });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
  });

  it('is not sent again to a client that has it', async () => {
    const hub = await hubOf(log);
    const first = await blob(hub, 'run=run&tag=map&index=0');
    const etag = first.headers.get('etag')!;
    const again = await blob(hub, 'run=run&tag=map&index=0', { 'If-None-Match': etag });
    expect([again.status, again.headers.get('etag')]).toEqual([304, etag]);
    const other = await blob(hub, 'run=run&tag=map&index=1', { 'If-None-Match': etag });
    expect([other.status, other.headers.get('etag') === etag]).toEqual([200, false]);
    const head = await fetch(`${hub.url}/api/v1/blob?run=run&tag=map&index=0`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '6', '']);
  });
});
