import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { type Listing, listingSchema, tagsOf } from '@convscope/shared/protocol/listing.js';
import { runsMessageSchema } from '@convscope/shared/protocol/live.js';
import { expect, it } from 'vitest';
import { picture, scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

async function hubOf(runs: Readonly<Record<string, Uint8Array>>): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  for (const [run, bytes] of Object.entries(runs)) {
    await mkdir(join(logdir, run), { recursive: true });
    await writeFile(join(logdir, run, TORCH_FILE), bytes);
  }
  const hub = await startTestHub({ logdir });
  // However long a busy machine takes for it.
  await hub.logdir.scanned;
  await hub.logdir.settled();
  await waitFor(async () => {
    await hub.logdir.settled();
    for (const run of Object.keys(runs)) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
  });
  return hub;
}

async function listingOf(hub: TestHub): Promise<Listing> {
  return listingSchema.parse(await (await fetch(`${hub.url}/api/v1/listing`)).json());
}

/** Bytes of the answer as they go over the network. */
function bytesOnTheWire(hub: TestHub, encoding?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = encoding === undefined ? {} : { 'Accept-Encoding': encoding };
    request(`${hub.url}/api/v1/listing`, { headers }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    }).end();
  });
}

it('tells the kinds, tags and numbers of rows of every run', async () => {
  const hub = await hubOf({
    a: Buffer.concat([
      scalar('loss', 1, 1),
      scalar('loss', 2, 1),
      picture('map', 1, 10),
      scalar('acc', 1, 1),
    ]),
    b: Buffer.concat([scalar('acc', 1, 1), scalar('loss', 1, 1)]),
  });
  const listing = await listingOf(hub);
  const contents = Object.fromEntries(listing.runs.map((run) => [run.run, tagsOf(listing, run)]));
  for (const run of ['a', 'b']) {
    const known = hub.logdir.runs.get(run)!;
    expect(contents[run]).toEqual(known.detail().tags);
    expect(listing.runs.find((listed) => listed.run === run)?.generation).toBe(known.generation);
  }
});

it('of 500 runs with 1,000 tags each, which stopped anywhere, is less than 300 kB, compressed or not', async () => {
  const tags = Array.from({ length: 1000 }, (_, i) => `layer${i % 40}/block${i}/gradient_norm`);
  const first = tags.map((tag) => scalar(tag, 1, 1));
  const runs = Array.from({ length: 500 }, (_, run) => {
    const stopped = first.slice(0, (run * 7) % 1000);
    return [`sweep/lr-${run}`, Buffer.concat([...first, ...stopped])] as const;
  });
  const hub = await hubOf(Object.fromEntries(runs));
  expect(await bytesOnTheWire(hub, 'gzip')).toBeLessThan(100_000);
  expect(await bytesOnTheWire(hub)).toBeLessThan(300_000);
  const listing = await listingOf(hub);
  expect(
    tagsOf(listing, listing.runs.find(({ run }) => run === 'sweep/lr-3')!).map(({ rows }) => rows),
  ).toEqual(tags.map((_, i) => (i < 21 ? 2 : 1)));
});

it('lists the runs over HTTP as the live feed does', async () => {
  const hub = await hubOf({ a: scalar('loss', 0, 1), b: scalar('loss', 0, 2) });
  const list = runsMessageSchema.parse(await (await fetch(`${hub.url}/api/runs`)).json());
  expect(list).toMatchObject({ protocol: PROTOCOL_VERSION, logdir: hub.logdir.name, notices: [] });
  expect(list.runs).toEqual([...hub.logdir.runs.values()].map((run) => run.summary()));
  expect(list.runs.map(({ run }) => run).sort()).toEqual(['a', 'b']);
});

it('lists all runs and their tags when asked before the folders have been looked through', async () => {
  const logdir = join(await temporaryFolder(), 'runs');
  const names = Array.from({ length: 200 }, (_, at) => `run${at}`);
  for (const run of names) {
    await mkdir(join(logdir, run), { recursive: true });
    await writeFile(join(logdir, run, TORCH_FILE), scalar('loss', 0, 1));
  }
  const hub = await startTestHub({ logdir });
  const [list, listing] = await Promise.all([fetch(`${hub.url}/api/runs`), listingOf(hub)]);
  expect(runsMessageSchema.parse(await list.json()).runs).toHaveLength(names.length);
  expect(listing.runs).toHaveLength(names.length);
});
