/** What a hub keeps itself and finds changed by others: labels and notes, the trash, the cache, its environment. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import { startProcess } from '#server/testing/process.js';
import { CLI, testFolder } from '#server/testing/product.js';
import { until } from '#server/testing/until.js';
import { healthyFile } from './hostile-events.js';
import type { Kind } from './kind.js';
import { askHub, writeRun } from './scene.js';

const MB = 1024 * 1024;
const OWN = '.convscope';
/** A hub looks at labels and notes every two seconds. */
const LOOK_MS = 2_200;

/** Labels and notes of far too many runs, that are not JSON, not a file, and without an end. */
const annotations: Kind = {
  name: 'odd-annotations',
  small: 2,
  full: 16,
  async act(scene, megabytes) {
    const folder = join(scene.logdir, OWN);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'runs.json');
    const put = (content: string | Buffer) => {
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, content);
    };
    const count = Math.floor((megabytes * MB) / 32);
    const entries = Array.from({ length: count }, (_, at) => `"run-${at}":{"label":"label"}`);
    put(`{"version":1,"runs":{${entries.join()},"__proto__":{"label":"x"}}}`);
    await delay(LOOK_MS);
    put('['.repeat(megabytes * MB));
    // A busy hub looks later, and would then find only what comes next.
    await until(() => scene.hub.output().includes('on more than 32 levels'), 'the hub to read the labels');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    await delay(LOOK_MS);
    put('');
    truncateSync(path, 2 ** 40);
  },
  async problems({ hub, ask }) {
    const { status } = await ask(`/${API.trash}`);
    if (status !== 200) return [`The trash is answered with ${status}.`];
    return ['on more than 32 levels', 'is longer than']
      .filter((sentence) => !hub.output().includes(sentence))
      .map((sentence) => `Nothing that is said of runs.json contains "${sentence}".`);
  },
};

/** Notes of deleted runs that lie about where they belong, are not files, and are far too long. */
const trash: Kind = {
  name: 'odd-trash',
  small: 20,
  full: 1_200,
  async act({ logdir }, count) {
    for (let at = 0; at < count; at++) {
      const id = `${1_700_000_000_000 + at}-${at.toString(16).padStart(12, '0')}`;
      const folder = join(logdir, OWN, 'trash', id);
      mkdirSync(folder, { recursive: true });
      const path = join(folder, 'deleted.json');
      if (at % 5 === 0) writeFileSync(path, '{"run":"../../../../tmp","at":1e308,"files":["../../x","a/b"]}');
      else if (at % 5 === 1) execFileSync('mkfifo', [path]);
      else if (at % 5 === 2) mkdirSync(path);
      else if (at % 5 === 3) writeFileSync(path, `{"run":"r","at":1,"files":[${'"a",'.repeat(200_000)}"b"]}`);
      else {
        writeFileSync(path, '');
        truncateSync(path, 2 ** 36);
      }
    }
  },
  async problems(scene) {
    const { status, body } = await scene.ask(`/${API.trash}`);
    if (status !== 200) return [`The trash is answered with ${status}: ${body.toString().slice(0, 100)}`];
    const text = body.toString();
    const problems: string[] = [];
    if (text.length > MB) problems.push('The trash is answered with more than 1 MB.');
    const ids = Array.from(text.matchAll(/\d{13}-[0-9a-f]{12}/g), ([id]) => id).slice(0, 5);
    const answer = await askHub(
      scene.hub.port,
      `/${API.runActions}`,
      { Host: `localhost:${scene.hub.port}`, 'Content-Type': 'application/json' },
      JSON.stringify({ action: 'restore', deleted: ids.length > 0 ? ids : ['../..'] }),
    );
    if (answer.status >= 500) problems.push(`Restoring is answered with ${answer.status}.`);
    return problems;
  },
};

/** A hub of its own that finds these things where it keeps its own, and these variables in its environment. */
async function hubWith(
  change: (cache: string) => void,
  env: Readonly<Record<string, string | undefined>>,
  withinMs: number,
): Promise<readonly string[]> {
  const folder = testFolder();
  try {
    mkdirSync(folder.cache, { recursive: true });
    change(folder.cache);
    await writeRun(folder.logdir, 'healthy', [healthyFile(20)]);
    const args = [CLI, 'serve', '--logdir', folder.logdir, '--port', '0', '--no-open'];
    const hub = startProcess(args, { env: { ...folder.env, ...env }, timeoutMs: withinMs });
    try {
      const [, port] = await hub.prints(/Page: http:\/\/localhost:(\d+)/);
      await until(async () => {
        const { body } = await askHub(Number(port), `/${HTTP.run}?run=healthy`);
        return body.toString().includes('"readToEnd":true');
      }, hub.output);
    } finally {
      hub.child.kill('SIGKILL');
      await hub.ended;
    }
    return [];
  } catch (error) {
    return [`A hub ${JSON.stringify(env)}: ${String(error).slice(0, 300)}`];
  } finally {
    folder.remove();
  }
}

/** A cache whose files are folders, FIFOs and noise. */
const cache: Kind = {
  name: 'odd-cache',
  small: 20_000,
  full: 30_000,
  act: async () => undefined,
  problems: (_, withinMs) =>
    hubWith(
      (folder) => {
        for (let at = 0; at < 6; at++) {
          const spool = join(folder, 'spool', at.toString(16).repeat(32));
          mkdirSync(spool, { recursive: true });
          const note = join(spool, 'spool.json');
          if (at === 0) execFileSync('mkfifo', [note]);
          else if (at === 1) mkdirSync(note);
          else if (at === 2) {
            writeFileSync(note, '');
            truncateSync(note, 2 ** 36);
          } else if (at === 3) writeFileSync(note, '{"version":1,"run":"../x"}');
          else if (at === 4) writeFileSync(note, '\0'.repeat(MB));
          else execFileSync('mkfifo', [join(spool, 'lock')]);
        }
        writeFileSync(join(folder, 'index'), 'not a folder');
        mkdirSync(join(folder, 'indexes'));
        mkdirSync(join(folder, 'control-token'));
      },
      {},
      withinMs,
    ),
};

/** Variables that mean something to Node, the system or convscope, with values that mean nothing. */
const environment: Kind = {
  name: 'odd-environment',
  small: 20_000,
  full: 30_000,
  act: async () => undefined,
  async problems(_, withinMs) {
    const odd: readonly Readonly<Record<string, string | undefined>>[] = [
      { HOME: undefined, XDG_CACHE_HOME: undefined, TMPDIR: '/gone/away' },
      {
        HOME: '/dev/null',
        XDG_CACHE_HOME: '/dev/null',
        TZ: 'Nowhere/Land',
        LANG: 'xx_YY.none',
        LC_ALL: '\u202e',
      },
      { UV_THREADPOOL_SIZE: '1', CONVSCOPE_DEBUG: '', COLUMNS: '-1', TERM: '\u001b[2J', NO_COLOR: '' },
    ];
    const found = await Promise.all(odd.map((env) => hubWith(() => undefined, env, withinMs)));
    return found.flat();
  },
};

/** The logdir is moved away, is a file, and is there again. */
const movedLogdir: Kind = {
  name: 'moved-logdir',
  small: 3,
  full: 100,
  async act({ logdir }, rounds) {
    const away = `${logdir}.away`;
    for (let round = 0; round < rounds; round++) {
      renameSync(logdir, away);
      await delay(300);
      writeFileSync(logdir, 'a file');
      await delay(300);
      rmSync(logdir);
      renameSync(away, logdir);
      await delay(300);
    }
  },
};

export const KEPT_KINDS: readonly Kind[] = [annotations, trash, cache, environment, movedLogdir];
