import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { act, cookieOf, hubOf, post } from './testing/run-actions.js';

describe('who may change runs', () => {
  const BODY = { action: 'annotate', runs: ['a'], label: 'x' };

  it('is whoever has the cookie of the page, and nobody else', async () => {
    const hub = await hubOf(['a']);
    for (const Cookie of ['', `convscope-${hub.port}=`, `convscope-${hub.port}=${'x'.repeat(43)}`]) {
      const refused = await post(hub, BODY, { Cookie });
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: expect.stringContaining('Only the page') });
    }
    expect(hub.logdir.runs.get('a')?.summary()).not.toHaveProperty('label');
    expect((await post(hub, BODY)).status).toBe(200);
  });

  it('is nobody where the hub is read-only, and the session says so', async () => {
    const hub = await hubOf(['a'], { readOnly: true });
    const refused = await post(hub, BODY);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('--read-only') });
    const Cookie = await cookieOf(hub);
    expect(await (await fetch(`${hub.url}/api/session`, { headers: { Cookie } })).json()).toMatchObject({
      readOnly: true,
    });
    expect(await readdir(hub.root)).toEqual(['a']);
  });

  it('is no other page, by whatever request it can make', async () => {
    const hub = await hubOf(['a']);
    const Cookie = await cookieOf(hub);
    const address = `${hub.url}/api/v1/run-actions`;
    const body = JSON.stringify(BODY);
    const refused = [
      await post(hub, BODY, { Origin: 'http://evil.test' }),
      await post(hub, BODY, { Origin: 'null' }),
      await post(hub, BODY, { 'Sec-Fetch-Site': 'cross-site' }),
      await post(hub, BODY, { 'Sec-Fetch-Site': 'same-site' }),
      // What a form can send.
      await post(hub, body, { 'Content-Type': 'text/plain' }),
      await post(hub, `a=${encodeURIComponent(body)}`, {
        'Content-Type': 'application/x-www-form-urlencoded',
      }),
      await fetch(`${address}?action=annotate&runs=a&label=x`, { headers: { Cookie } }),
      await fetch(address, { method: 'PUT', headers: { Cookie, 'Content-Type': 'application/json' }, body }),
      await fetch(address, { method: 'OPTIONS', headers: { Origin: 'http://evil.test' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 415, 415, 405, 405, 403]);
    expect(hub.logdir.runs.get('a')?.summary()).not.toHaveProperty('label');
  });

  it.each([
    '{',
    '[]',
    '{"action": "explode", "runs": ["a"]}',
    '{"action": "delete"}',
    '{"action": "delete", "runs": []}',
    '{"action": "delete", "runs": "a"}',
    `{"action": "annotate", "runs": ["a"], "label": ${JSON.stringify('x'.repeat(201))}}`,
    `{"action": "annotate", "runs": ["a"], "archived": "yes"}`,
  ])('is told what is wrong with %s', async (body) => {
    const hub = await hubOf(['a']);
    const refused = await post(hub, body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: expect.stringMatching(/[.]$/) });
  });
});

it('shows no part of the trash to TensorBoard, which looks for tfevents in names', async () => {
  const hub = await hubOf(['a']);
  await act(hub, { action: 'delete', runs: ['a'] });
  const found = execFileSync('find', [hub.root, '-name', '*tfevents*']).toString();
  expect(found).toBe('');
});
