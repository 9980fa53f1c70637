import { execFile } from 'node:child_process';
import { appendFile, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { FilesAnswer } from '@convscope/shared/protocol/files-beside.js';
import { describe, expect, it } from 'vitest';
import { scalar, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

/** What torch's add_embedding writes. */
const CONFIG = `embeddings {
  tensor_name: "features:00100"
  metadata_path: "00100/features/metadata.tsv"
  tensor_path: "00100/features/tensors.tsv"
}
`;
const FILES = {
  'projector_config.pbtxt': CONFIG,
  '00100/features/tensors.tsv': '0.5\t1\t2\n3\t4\t5\n',
  '00100/features/metadata.tsv': 'cat\ndog\n',
  'secret.txt': 'secret',
};
const PROFILE = 'plugins/profile/2026_01_31_23_59_59';

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A hub with a run and files beside its log. */
async function hubWith(files: Readonly<Record<string, string>>): Promise<TestHub> {
  const logdir = join(await temporaryFolder(), 'runs');
  await mkdir(join(logdir, 'run'), { recursive: true });
  await put(join(logdir, 'run'), files);
  await writeFile(join(logdir, 'run', TORCH_FILE), scalar('loss', 1, 1));
  const hub = await startTestHub({ logdir });
  await waitFor(() => expect(hub.logdir.runs.has('run')).toBe(true));
  return hub;
}

async function listing(hub: TestHub): Promise<FilesAnswer> {
  return (await (await fetch(`${hub.url}/api/v1/files?run=run`)).json()) as FilesAnswer;
}

function file(hub: TestHub, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${hub.url}/api/v1/file?${new URLSearchParams({ run: 'run', path })}`, init);
}

describe('the files beside a log', () => {
  it('are listed with steps, points and sizes', async () => {
    const hub = await hubWith({ ...FILES, [`${PROFILE}/host.xplane.pb`]: '12345' });
    expect(await listing(hub)).toEqual({
      version: 1,
      run: 'run',
      beside: [
        {
          ...{ kind: 'embedding', name: 'features', step: 100, points: 2, dimensions: 3 },
          files: [
            { path: '00100/features/tensors.tsv', bytes: 14 },
            { path: '00100/features/metadata.tsv', bytes: 8 },
          ],
        },
        {
          ...{ kind: 'profile', name: '2026_01_31_23_59_59' },
          files: [{ path: `${PROFILE}/host.xplane.pb`, bytes: 5 }],
        },
      ],
    });
  });

  it('are listed without what is missing, elsewhere or damaged, which is told', async () => {
    const hub = await hubWith({
      'projector_config.pbtxt': `embeddings { tensor_name: "a" tensor_path: "../../a.tsv" metadata_path: "gone.tsv" }
        embeddings { tensor_name: "variable" tensor_shape: 7 tensor_shape: 2 sprite { image_path: "/etc/passwd" } } }`,
    });
    expect(await listing(hub)).toMatchObject({
      beside: [
        {
          name: 'a',
          files: [],
          problems: ['../../a.tsv lies elsewhere.', 'gone.tsv is not there, or is a link.'],
        },
        {
          ...{ name: 'variable', points: 7, dimensions: 2, files: [] },
          problems: ['/etc/passwd lies elsewhere.', 'Its values lie in a checkpoint.'],
        },
      ],
      problems: [expect.stringMatching(/^projector_config\.pbtxt cannot be read from character \d+ on\.$/)],
    });
  });

  it('of a profile are listed up to a hundred, and the others counted', async () => {
    const names = Array.from({ length: 103 }, (_, at) => `${PROFILE}/${String(at).padStart(3, '0')}.json`);
    const hub = await hubWith(Object.fromEntries(names.map((name) => [name, 'x'])));
    const [profile] = (await listing(hub)).beside;
    expect([profile?.files.length, profile?.problems]).toEqual([100, ['3 more files are not listed.']]);
  });

  it('are the traces that the profiler of PyTorch wrote, by worker, without links', async () => {
    const hub = await hubWith({
      'node.a_7.1706000000000000000.pt.trace.json': '{}',
      'node.a_7.1706000060000000000.pt.trace.json.gz': 'x',
      'node.a_8.1706000000000000000.pt.trace.json': '{"a":1}',
      'plain.pt.trace.json': '',
      'other.trace.json': '{}',
      'below/node_7.1706000000000000000.pt.trace.json': '{}',
    });
    if (process.platform !== 'win32')
      await symlink(
        join(hub.root, 'run', 'other.trace.json'),
        join(hub.root, 'run', 'link_1.5.pt.trace.json'),
      );
    const seven = [
      'node.a_7.1706000000000000000.pt.trace.json',
      'node.a_7.1706000060000000000.pt.trace.json.gz',
    ];
    expect((await listing(hub)).beside).toEqual([
      {
        ...{ kind: 'trace', name: 'node.a_7' },
        files: [
          { path: seven[0], bytes: 2 },
          { path: seven[1], bytes: 1 },
        ],
      },
      {
        ...{ kind: 'trace', name: 'node.a_8' },
        files: [{ path: 'node.a_8.1706000000000000000.pt.trace.json', bytes: 7 }],
      },
      { kind: 'trace', name: 'plain', files: [{ path: 'plain.pt.trace.json', bytes: 0 }] },
    ]);
    const trace = await file(hub, seven[0]!);
    expect([trace.status, trace.headers.get('content-type'), await trace.text()]).toEqual([
      ...[200, 'application/octet-stream', '{}'],
    ]);
    for (const path of [
      'other.trace.json',
      'link_1.5.pt.trace.json',
      'below/node_7.1706000000000000000.pt.trace.json',
    ])
      expect((await file(hub, path)).status, path).toBe(404);
  });

  it('are the newest hundred traces of a worker, and the others counted', async () => {
    const names = Array.from({ length: 103 }, (_, at) => `host_1.${1000 + at}.pt.trace.json`);
    const hub = await hubWith(Object.fromEntries(names.map((name) => [name, '{}'])));
    const [traces, ...more] = (await listing(hub)).beside;
    expect(traces?.files.map(({ path }) => path)).toEqual(names.slice(3));
    expect(traces?.problems).toEqual(['3 earlier traces are not listed.']);
    expect(more).toEqual([]);
  });

  it('are none of a run that has none, and none of a run that is gone', async () => {
    const hub = await hubWith({});
    expect((await listing(hub)).beside).toEqual([]);
    await rm(join(hub.root, 'run'), { recursive: true });
    await waitFor(() => expect(hub.logdir.runs.size).toBe(0));
    const answers = [
      await fetch(`${hub.url}/api/v1/files?run=run`),
      await file(hub, 'projector_config.pbtxt'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});

describe('a file beside a log', () => {
  it('is given as an attachment that no browser shows', async () => {
    const hub = await hubWith({ ...FILES, [`${PROFILE}/<b>größe.html`]: '<script>alert(1)</script>' });
    const values = await file(hub, '00100/features/tensors.tsv');
    expect(await values.text()).toBe('0.5\t1\t2\n3\t4\t5\n');
    const page = await file(hub, `${PROFILE}/<b>größe.html`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
    expect(page.headers.get('content-disposition')).toMatch(
      /^attachment; filename=".*\.html"; filename\*=UTF-8''%3Cb%3Egr%C3%B6%C3%9Fe\.html$/,
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(await page.text()).toBe('<script>alert(1)</script>');
  });

  it('is given in parts, and only as its head', async () => {
    const hub = await hubWith(FILES);
    const path = '00100/features/metadata.tsv';
    const part = await file(hub, path, { headers: { range: 'bytes=4-6' } });
    expect([part.status, await part.text()]).toEqual([206, 'dog']);
    const head = await file(hub, path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '8', '']);
    const etag = head.headers.get('etag')!;
    expect((await file(hub, path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    await appendFile(join(hub.root, 'run', path), 'cow\n');
    expect((await file(hub, path, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  it('is given only if the listing names it', async () => {
    const hub = await hubWith({ ...FILES, [`${PROFILE}/host.xplane.pb`]: 'x', [`${PROFILE}/a/b`]: 'x' });
    await put(hub.root, { 'other.txt': 'secret' });
    for (const path of [
      'secret.txt',
      TORCH_FILE,
      'projector_config.pbtxt',
      '../other.txt',
      '00100/features/../features/tensors.tsv',
      '/etc/passwd',
      '',
      '.',
      'plugins/profile/../secret.txt',
      `${PROFILE}/..`,
      `${PROFILE}/a/b`,
      `${PROFILE}/a`,
      `${PROFILE}/\u0000`,
      `${PROFILE}/\\x2e\\x2e`,
      'plugins/profile/../../secret.txt',
      'plugins/profile/.convscope/x',
      `${PROFILE}/gone`,
    ]) {
      const answer = await file(hub, path);
      expect([answer.status, await answer.text()], path).toEqual([
        404,
        expect.not.stringContaining('secret'),
      ]);
    }
    expect((await file(hub, `${PROFILE}/host.xplane.pb`)).status).toBe(200);
    const long = await file(hub, 'x'.repeat(5000));
    expect(long.status).toBe(400);
  });

  it.skipIf(process.platform === 'win32')('is given neither through a link nor from a FIFO', async () => {
    const hub = await hubWith({ ...FILES, [`${PROFILE}/host.xplane.pb`]: 'x' });
    const run = join(hub.root, 'run');
    await put(join(hub.root, '..', 'elsewhere'), {
      'tensors.tsv': 'secret',
      'first/host.xplane.pb': 'secret',
    });
    const values = join(run, '00100/features/tensors.tsv');
    await rm(values);
    await symlink(join(hub.root, '../elsewhere/tensors.tsv'), values);
    await symlink(join(hub.root, '../elsewhere/first'), join(run, 'plugins/profile/linked'));
    await symlink(join(run, 'secret.txt'), join(run, PROFILE, 'link'));
    await promisify(execFile)('mkfifo', [join(run, PROFILE, 'fifo')]);
    for (const path of [
      '00100/features/tensors.tsv',
      'plugins/profile/linked/host.xplane.pb',
      `${PROFILE}/link`,
      `${PROFILE}/fifo`,
    ])
      expect((await file(hub, path)).status, path).toBe(404);
    const [embedding, profile, ...more] = (await listing(hub)).beside;
    expect(embedding?.problems).toEqual(['00100/features/tensors.tsv is not there, or is a link.']);
    expect(profile?.files.map(({ path }) => path)).toEqual([`${PROFILE}/host.xplane.pb`]);
    expect(profile?.problems).toEqual(['Links and what is no file are not given (2).']);
    expect(more).toEqual([]);
    // Neither where a folder on the way is one.
    await rm(join(run, '00100/features'), { recursive: true });
    await symlink(join(hub.root, '../elsewhere'), join(run, '00100/features'));
    expect((await file(hub, '00100/features/tensors.tsv')).status).toBe(404);
  });

  it.skipIf(process.platform === 'win32')('is given of a run whose folder is a link', async () => {
    const hub = await hubWith({});
    await put(join(hub.root, '../disk'), { ...FILES, [TORCH_FILE]: '' });
    await symlink(join(hub.root, '../disk'), join(hub.root, 'far'));
    await waitFor(() => expect(hub.logdir.runs.has('far')).toBe(true));
    const answer = await fetch(`${hub.url}/api/v1/file?run=far&path=00100/features/metadata.tsv`);
    expect(await answer.text()).toBe('cat\ndog\n');
  });

  it('that is shortened while it is read is not taken for a whole one', async () => {
    const hub = await hubWith({ ...FILES, [`${PROFILE}/host.xplane.pb`]: 'x'.repeat(64 * 2 ** 20) });
    const answer = await file(hub, `${PROFILE}/host.xplane.pb`);
    await truncate(join(hub.root, 'run', PROFILE, 'host.xplane.pb'), 10);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  it('is not given to the page of another site, nor beyond this machine without the cookie', async () => {
    const hub = await hubWith(FILES);
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await file(hub, '00100/features/tensors.tsv', { headers })).status).toBe(403);
    const logdir = hub.root;
    await hub.close();
    const guarded = await startTestHub({ logdir, host: '0.0.0.0', viewToken: 'a'.repeat(40) });
    expect((await file(guarded, '00100/features/tensors.tsv')).status).toBe(401);
  });
});
