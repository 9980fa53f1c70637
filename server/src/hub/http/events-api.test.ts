import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventsReader } from '@convscope/shared/protocol/events.js';
import { EVENTS_LIMITS } from '@convscope/shared/protocol/limits.js';
import { BLOB_ROW_BYTES, type BlobRow, readBlobRow } from '@convscope/shared/protocol/rows.js';
import { describe, expect, it } from 'vitest';
import { picture, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

const pictures = [0, 4, 8].map((step) => picture('map', step, 200_000 + step));

interface Opened {
  readonly hub: TestHub;
  readonly generation: number;
  readonly rows: readonly BlobRow[];
  ask(request: object | string, init?: RequestInit): Promise<Response>;
}

async function open(): Promise<Opened> {
  const logdir = join(await temporaryFolder(), 'runs');
  await mkdir(join(logdir, 'run'), { recursive: true });
  await writeFile(join(logdir, 'run', TORCH_FILE), Buffer.concat(pictures));
  const hub = await startTestHub({ logdir });
  await waitFor(() => expect(hub.logdir.runs.get('run')?.summary().readToEnd).toBe(true));
  const run = hub.logdir.runs.get('run')!;
  const bytes = run.column('map', 'image')!.bytes(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows = [0, 1, 2].map((row) => readBlobRow(view, row * BLOB_ROW_BYTES));
  return {
    hub,
    generation: run.generation,
    rows,
    ask: (request, init) =>
      fetch(`${hub.url}/api/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof request === 'string' ? request : JSON.stringify(request),
        ...init,
      }),
  };
}

const placesOf = (rows: readonly BlobRow[]) => rows.map(({ file, offset, length }) => [file, offset, length]);

async function readOf(response: Response, rows: readonly BlobRow[]) {
  const reader = new EventsReader(rows);
  const events = reader.push(new Uint8Array(await response.arrayBuffer()));
  return { events, isComplete: reader.isComplete };
}

describe('several events', () => {
  it('come in one answer, in the order in which they were asked for', async () => {
    const { generation, rows, ask } = await open();
    const wanted = [rows[2]!, rows[0]!, rows[2]!];
    const response = await ask({ run: 'run', generation, events: placesOf(wanted) });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { events, isComplete } = await readOf(response, wanted);
    expect(isComplete).toBe(true);
    const data = [2, 0, 2].map((at) => pictures[at]!.subarray(12, -4));
    expect(events.map((event) => event && Buffer.from(event).equals(data.shift()!))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('leave out only those that are not in the index', async () => {
    const { generation, rows, ask } = await open();
    const wanted = [{ ...rows[0]!, offset: rows[0]!.offset + 1 }, rows[1]!, { ...rows[2]!, file: 7 }];
    const response = await ask({ run: 'run', generation, events: placesOf(wanted) });
    const { events, isComplete } = await readOf(response, wanted);
    expect([isComplete, events.map((event) => event?.length)]).toEqual([
      true,
      [undefined, rows[1]!.length, undefined],
    ]);
  });

  it('are refused with a sentence where there are too many, or the run is another one', async () => {
    const { generation, rows, ask } = await open();
    const events = placesOf(rows);
    const many = Array.from({ length: EVENTS_LIMITS.events + 1 }, () => events[0]);
    const large = [[0, 0, EVENTS_LIMITS.answerBytes + 1]];
    const answers = await Promise.all([
      ask({ run: 'run', generation: generation + 1, events }),
      ask({ run: 'none', generation, events }),
      ask({ run: 'run', generation, events: many }),
      ask({ run: 'run', generation, events: [] }),
      ask({ run: 'run', generation, events: [[0, -1, 5]] }),
      ask({ run: 'run', generation, events: large }),
      ask('{"run": "run"'),
      ask('run=run', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      ask(JSON.stringify({ run: 'x'.repeat(EVENTS_LIMITS.bodyBytes) })),
      ask('', { method: 'GET', body: null }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([409, 404, 400, 400, 400, 413, 400, 415, 413, 405]);
    for (const answer of answers)
      expect(((await answer.json()) as { error: string }).error).toMatch(/^[A-Z].*[.}]$/);
  });
});
