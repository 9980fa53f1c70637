/** Files that are changed in every way while a hub reads them. */
import {
  appendFileSync,
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { API } from '@convscope/shared/protocol/addresses.js';
import { rowsOf } from './folder-kinds.js';
import { fileVersion, healthyFile, scalars } from './hostile-events.js';
import type { Kind } from './kind.js';
import { askHub, EVENT_FILE, writeRun } from './scene.js';

const MB = 1024 * 1024;
const MOMENT_MS = 30;

/** What happens to a long file while it is read: in threads, if it is long enough. */
const CHANGES: readonly ((path: string, long: Buffer) => void)[] = [
  (path, long) => truncateSync(path, Math.floor(long.length / 2) + 7),
  (path, long) => {
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(MB / 2, 0xa5), 0, MB / 2, Math.floor(long.length / 3));
    closeSync(file);
  },
  (path) => {
    writeFileSync(`${path}.new`, healthyFile(50));
    renameSync(`${path}.new`, path);
  },
  (path) => {
    linkSync(path, join(path, '..', 'events.out.tfevents.1700000001.host.1.0'));
    unlinkSync(path);
  },
  (path) => {
    chmodSync(path, 0);
    appendFileSync(path, scalars('loss', 0, 5));
  },
  (path) => {
    const folder = join(path, '..');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder was');
  },
  (path) => {
    const folder = join(path, '..');
    renameSync(folder, `${folder}-moved`);
    rmSync(`${folder}-moved`, { recursive: true });
  },
];

const changed: Kind = {
  name: 'changed-while-read',
  small: 1,
  full: 60,
  async act({ logdir }, megabytes) {
    const points = scalars('loss', 0, 1_000);
    const long = Buffer.concat([
      fileVersion(),
      Buffer.alloc(Math.floor((megabytes * MB) / points.length) * points.length, points),
    ]);
    const folder = join(logdir, 'changed-while-read');
    for (const change of CHANGES) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      const path = join(folder, EVENT_FILE);
      writeFileSync(path, long);
      await delay(MOMENT_MS);
      change(path, long);
      await delay(MOMENT_MS);
    }
    rmSync(folder, { recursive: true, force: true });
    await writeRun(logdir, 'changed-while-read', [healthyFile(12)]);
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'changed-while-read', 'loss');
    return rows === 12 ? [] : [`The file that was changed in every way has ${rows} of 12 points.`];
  },
};

/** A file that is said to be of terabytes, and holds nothing but its first points. */
const endless: Kind = {
  name: 'endless-file',
  small: 2 ** 34,
  full: 2 ** 43,
  async act({ logdir }, size) {
    await writeRun(logdir, 'endless-file', [fileVersion(), scalars('loss', 0, 10)], size);
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'endless-file', 'loss');
    return rows === 10 ? [] : [`The file without an end has ${rows} of 10 points.`];
  },
  // It would be read for hours beside the kinds that follow.
  end: async ({ logdir }) => rmSync(join(logdir, 'endless-file'), { recursive: true, force: true }),
};

/** Runs that are deleted and written again while they are exported and asked for. */
const exportedAway: Kind = {
  name: 'deleted-while-sent',
  small: 6,
  full: 200,
  async act({ logdir, hub }, rounds) {
    const points = scalars('loss', 0, 20_000);
    for (let round = 0; round < rounds; round++) {
      await writeRun(logdir, 'deleted-while-sent', [fileVersion(), points]);
      await delay(MOMENT_MS);
      const asked = [
        `/${API.export}?run=deleted-while-sent`,
        `/${API.series}?run=deleted-while-sent&tag=loss&format=csv`,
      ].map((path) => askHub(hub.port, path).catch(() => undefined));
      await delay(round % 10);
      rmSync(join(logdir, 'deleted-while-sent'), { recursive: true });
      await Promise.all(asked);
    }
    await writeRun(logdir, 'deleted-while-sent', [healthyFile(9)]);
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'deleted-while-sent', 'loss');
    return rows === 9 ? [] : [`The run that was deleted while it was sent has ${rows} of 9 points.`];
  },
};

export const CHANGING_FILES: readonly Kind[] = [changed, endless, exportedAway];
