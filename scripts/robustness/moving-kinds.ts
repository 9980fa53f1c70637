/** Files and folders that are not what they were when they were found, or that lie where none are expected. */
import { appendFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { rowsOf } from './folder-kinds.js';
import { fileVersion, healthyFile, scalar, scalars } from './hostile-events.js';
import type { Kind } from './kind.js';
import { EVENT_FILE, type Scene, writeRun } from './scene.js';

const HEAD = fileVersion().length;
const RECORD = scalar('loss', 1, 1).length;

/** A file that grows while it is read, is cut in the middle of a record, and grows on from there. */
const cutWhileRead: Kind = {
  name: 'cut-while-read',
  small: 20,
  full: 1_000,
  async act({ logdir }, rounds) {
    await writeRun(logdir, 'cut-while-read', [fileVersion()]);
    const path = join(logdir, 'cut-while-read', EVENT_FILE);
    for (let round = 0; round < rounds; round++) {
      appendFileSync(path, scalars('loss', 0, 50));
      await delay(2);
      truncateSync(path, HEAD + 20 * RECORD + 9);
      await delay(2);
      truncateSync(path, HEAD);
    }
    appendFileSync(path, scalars('loss', 0, 9));
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'cut-while-read', 'loss');
    return rows === 9 ? [] : [`The file that was cut again and again has ${rows} of 9 points.`];
  },
};

/** The clocks of those who write are years ahead or behind, and files are still followed. */
const oddTimes: Kind = {
  name: 'odd-file-times',
  small: 4,
  full: 200,
  async act({ logdir }, count) {
    const seconds = [4_102_444_800, 0, 1, 32_503_680_000];
    for (let at = 0; at < count; at++) {
      const run = `odd-file-times-${at}`;
      await writeRun(logdir, run, [healthyFile(5)]);
      const path = join(logdir, run, EVENT_FILE);
      const time = seconds[at % seconds.length]!;
      utimesSync(path, time, time);
      utimesSync(join(logdir, run), time, time);
      await delay(5);
      appendFileSync(path, scalars('loss', 5, 8));
      utimesSync(path, time, time);
    }
  },
  async problems(scene, count) {
    const problems: string[] = [];
    for (let at = 0; at < count; at++) {
      const rows = await rowsOf(scene, `odd-file-times-${at}`, 'loss');
      if (rows !== 8) problems.push(`The file of another time has ${rows} of 8 points.`);
    }
    return problems;
  },
};

/** Folders below each other, of which the deepest holds a run that is too deep to be looked for. */
const deepFolders: Kind = {
  name: 'deep-folders',
  small: 300,
  full: 1_500,
  async act({ logdir }, depth) {
    const path = join(logdir, 'deep-folders', ...Array<string>(depth).fill('d'));
    await mkdir(path, { recursive: true });
    const file = await open(join(path, EVENT_FILE), 'w');
    await file.write(healthyFile(5));
    await file.close();
  },
  async problems(scene) {
    const said = await notices(scene);
    return said.some((sentence) => sentence.includes('deep-folders'))
      ? []
      : ['Nothing says that the folders are too deep to be looked into.'];
  },
};

async function notices(scene: Scene): Promise<readonly string[]> {
  const { body } = await scene.ask('/api/session');
  return (JSON.parse(body.toString()) as { readonly notices: readonly string[] }).notices;
}

/** Names that turn the direction of text, that nobody sees, that look like paths and keys, and of full length. */
const ODD_NAMES = [
  'run \u202e\u2066gnp.exe',
  '\u05e9\u05dc\u05d5\u05dd-\u0645\u0631\u062d\u0628\u0627',
  'zero\u200bwidth\ufeff',
  '__proto__',
  'constructor',
  '%2e%2e%2fetc',
  '&run=there-before#x',
  'a+b c?d=e&f',
  'e\u0301\u00e9',
  '\u{1f9ea}'.repeat(60),
  ' ',
];

const oddNames: Kind = {
  name: 'turning-names',
  small: ODD_NAMES.length,
  full: ODD_NAMES.length,
  async act({ logdir }) {
    for (const name of ODD_NAMES) await writeRun(logdir, name, [healthyFile(5)]);
  },
  async problems(scene) {
    const problems: string[] = [];
    for (const name of ODD_NAMES) {
      const rows = await rowsOf(scene, name, 'loss');
      if (rows !== 5) problems.push(`The run ${JSON.stringify(name)} has ${rows} of 5 points.`);
      const { status } = await scene.ask(`/api/v1/series?${new URLSearchParams({ run: name, tag: 'loss' })}`);
      if (status !== 200) problems.push(`The points of ${JSON.stringify(name)} are answered with ${status}.`);
    }
    if (/[\u202a-\u202e\u2066-\u2069]/.test(scene.hub.output()))
      problems.push('Characters that turn the direction of text reach the terminal.');
    return problems;
  },
};

/** Where links lie that lead to so much that later kinds would wait for it. */
const left: string[] = [];

/** Links to devices, to the whole file system and to each other. */
const links: Kind = {
  name: 'links-elsewhere',
  small: 2,
  full: 200,
  async act({ logdir }, count) {
    for (let at = 0; at < count; at++) {
      const folder = join(logdir, `links-elsewhere-${at}`);
      mkdirSync(folder);
      left.push(folder);
      symlinkSync('/dev/zero', join(folder, EVENT_FILE));
      symlinkSync('/dev/random', join(folder, `${EVENT_FILE}.1`));
      symlinkSync('/proc/self', join(folder, 'proc'));
      symlinkSync('/sys', join(folder, 'sys'));
      symlinkSync('..', join(folder, 'up'));
      symlinkSync('gone', join(folder, 'gone'));
      symlinkSync(folder, join(folder, 'itself'));
    }
    await writeRun(logdir, 'links-elsewhere', [healthyFile(5)]);
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'links-elsewhere', 'loss');
    return rows === 5 ? [] : [`The run beside the links has ${rows} of 5 points.`];
  },
  async end() {
    for (const folder of left.splice(0)) rmSync(folder, { recursive: true });
  },
};

export const MOVING_KINDS: readonly Kind[] = [cutWhileRead, oddTimes, deepFolders, oddNames, links];
