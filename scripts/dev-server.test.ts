import { request } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess, type TestProcess } from '#server/testing/process.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let vite: TestProcess;
let port: number;

beforeAll(async () => {
  // As scripts/dev.cjs starts it. Nothing is asked of the hub.
  vite = startProcess([join(ROOT, 'node_modules/vite/bin/vite.js'), '--port', '0'], {
    cwd: join(ROOT, 'client'),
    env: { ...process.env, CONVSCOPE_HUB: 'http://localhost:1', NO_COLOR: '1' },
  });
  const [, found] = await vite.prints(/http:\/\/localhost:(\d+)/);
  port = Number(found);
});
afterAll(async () => {
  vite.child.kill();
  await vite.ended;
});

function ask(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const asked = request({ host: 'localhost', port, path, headers }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part) => {
          body += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
      });
      asked.on('error', reject);
      asked.end();
    },
  );
}

describe('the development server', () => {
  it('listens on this machine only, and serves the page and its modules', async () => {
    expect(vite.output()).not.toContain('Network: http');
    expect((await ask('/')).body).toContain('<div id="root">');
    expect(await ask('/src/main.tsx')).toMatchObject({ status: 200 });
    expect((await ask(`/@fs${ROOT}shared/src/message-of.ts`)).status).toBe(200);
  });

  it.each([
    'README.md',
    'package.json',
    'server/src/hub/hub.ts',
    'runs/run/events.out.tfevents.1',
    '.git/config',
    'client/package.json',
    'client/vite.config.ts',
    'node_modules/vite/package.json',
  ])('does not serve %s, whatever is asked', async (file) => {
    for (const query of ['', '?raw', '?url', '?import&raw', '?inline']) {
      const { status, body } = await ask(`/@fs${ROOT}${file}${query}`);
      expect([status, body.includes('<div id="root">')], query).not.toEqual([200, false]);
    }
  });

  it('refuses foreign hosts, origins and sites, and repeats nothing of them', async () => {
    for (const headers of [
      { Host: 'evil.example' },
      { Host: `evil.localhost:${port}` },
      { Host: `192.168.0.1:${port}` },
      { Origin: 'http://evil.example' },
      { Origin: 'http://localhost:1' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' },
    ]) {
      const answer = await ask('/src/main.tsx', headers);
      expect(answer.status, JSON.stringify(headers)).toBe(403);
      expect(answer.body).not.toContain('evil');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect((await ask('/src/main.tsx', { Origin: `http://localhost:${port}` })).status).toBe(200);
  });

  it.each(['/', '/src/main.tsx', '/none', '/@fs/etc/passwd'])(
    'has the security headers on %s',
    async (path) => {
      const { headers } = await ask(path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'self'; .*frame-ancestors 'none'/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
    },
  );
});
