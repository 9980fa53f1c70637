/** Folders that a hub must survive: what lies in them, how it is called, and what it is swapped for while it is read. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { startProcess } from '#server/testing/process.js';
import { CLI } from '#server/testing/product.js';
import { fileVersion, healthyFile, runRecord, scalars } from './hostile-events.js';
import type { Kind } from './kind.js';
import { askHub, EVENT_FILE, type Scene, writeRun } from './scene.js';
import { openSender } from './sockets.js';

const ESCAPES = '\u001b]0;owned\u0007\u001b[2J';
/** Not UTF-8. */
const LATIN = Buffer.from([0x63, 0x61, 0x66, 0xe9]);

function bytesPath(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part, i) =>
      i === 0 ? [Buffer.from(part as string)] : [Buffer.from('/'), Buffer.from(part as string)],
    ),
  );
}

const manyFiles: Kind = {
  name: 'many-files',
  small: 300,
  full: 20_000,
  async act({ logdir }, count) {
    const directory = join(logdir, 'many-files');
    await mkdir(directory);
    const content = fileVersion();
    for (let i = 0; i < count; i++)
      await writeFile(join(directory, `events.out.tfevents.${i}.host.1.0`), content);
  },
  async problems(scene) {
    return (await scene.detail('many-files')) ? [] : ['The run of many files is not listed.'];
  },
};

/** The name leads to an event file, a FIFO, a socket and a device, in turn. */
const swaps: Kind = {
  name: 'swapped-files',
  small: 30,
  full: 2_000,
  async act({ logdir, folder }, rounds) {
    const directory = join(logdir, 'swapped-files');
    mkdirSync(directory);
    const path = join(directory, EVENT_FILE);
    const stand = (name: string) => join(folder.root, name);
    for (let i = 0; i < rounds; i++) {
      writeFileSync(stand('file'), healthyFile(5 + i));
      await rename(stand('file'), path);
      await delay(2);
      const other = ['fifo', 'socket', 'device'][i % 3]!;
      if (other === 'fifo') execFileSync('mkfifo', [stand('other')]);
      else if (other === 'socket') await leaveSocket(stand('other'));
      else symlinkSync('/dev/zero', stand('other'));
      await rename(stand('other'), path);
      await delay(2);
    }
    writeFileSync(stand('file'), healthyFile(10));
    await rename(stand('file'), path);
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'swapped-files', 'loss');
    return rows === 10 ? [] : [`The file that was swapped has ${rows} of 10 points.`];
  },
};

async function leaveSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Closing the server would remove it; moved away first, it stays.
  await rename(path, `${path}.kept`);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rename(`${path}.kept`, path);
}

const names: Kind = {
  name: 'odd-names',
  small: 1,
  full: 20,
  async act({ logdir }, count) {
    for (let i = 0; i < count; i++) {
      await writeRun(logdir, `odd\nname ${i}`, [healthyFile(5)]);
      await writeRun(logdir, `odd${ESCAPES}${i}`, [healthyFile(5)]);
      // So deep that the hub says that it does not look there.
      await mkdir(join(logdir, ...Array<string>(20).fill(`odd deep ${ESCAPES}${i}`)), { recursive: true });
      for (const parts of [
        [logdir, Buffer.concat([LATIN, Buffer.from(`${i}`)])],
        [logdir, `odd file ${i}`],
      ]) {
        await mkdir(bytesPath(...parts), { recursive: true });
        await writeFile(
          bytesPath(...parts, Buffer.concat([LATIN, Buffer.from('.tfevents.1')])),
          healthyFile(5),
        );
      }
    }
  },
  async problems(scene) {
    const output = scene.hub.output();
    const listed = (await scene.runs()).map(({ run }) => run);
    const problems: string[] = [];
    if (output.includes('\u001b')) problems.push('An escape character of a name reaches the terminal.');
    for (const [what, wanted] of [
      ['a newline', 'odd\nname 0'],
      ['escape characters', `odd${ESCAPES}0`],
    ] as const)
      if (!listed.includes(wanted)) problems.push(`The run with ${what} in its name is not listed.`);
    const isNamed = (part: string) => listed.some((run) => run.includes(part)) || output.includes(part);
    if (!isNamed('caf')) problems.push('The run whose name is not UTF-8 is neither listed nor named.');
    if (!isNamed('odd file 0'))
      problems.push('The run whose file name is not UTF-8 is neither listed nor named.');
    return problems;
  },
};

const unreadableStart: Kind = {
  name: 'unreadable-start',
  small: 1,
  full: 1,
  async act({ logdir }) {
    await writeRun(logdir, 'taken', [
      fileVersion(),
      runRecord('start', '{"version":2}'),
      scalars('loss', 0, 5),
    ]);
  },
  async problems(scene) {
    const sender = await openSender(scene);
    try {
      const answer = await sender.open('taken');
      if (!answer.ok) return [`A sender of that name is refused: ${answer.error}`];
      return answer.run === 'taken-2' ? [] : [`A sender of that name writes to ${answer.run}.`];
    } finally {
      sender.close();
    }
  },
};

/** Of a hub of its own, which waits for what can never be there. */
const impossibleLogdir: Kind = {
  name: 'impossible-logdir',
  small: 5_000,
  full: 20_000,
  act: async () => undefined,
  async problems(scene, withinMs) {
    const args = [CLI, 'serve', '--logdir', '/proc/1/nope', '--port', '0', '--no-open'];
    const hub = startProcess(args, { env: scene.folder.env, timeoutMs: withinMs });
    const [, port] = await hub.prints(/Page: http:\/\/localhost:(\d+)/);
    await hub.prints(/The logdir \/proc\/1\/nope does not exist/);
    const { status, body } = await askHub(Number(port), `/${HTTP.runs}`);
    hub.child.kill('SIGTERM');
    const how = await hub.ended;
    if (how !== 0) return [`A hub of a logdir that cannot be there ends with ${how}.`];
    return status === 200 && body.toString().includes('"runs":[]') ? [] : [`It answers ${status}: ${body}`];
  },
};

/** A run that is deleted, shortened and replaced while it is read. */
const vanishing: Kind = {
  name: 'vanishing-runs',
  small: 20,
  full: 500,
  async act({ logdir }, rounds) {
    for (let i = 0; i < rounds; i++) {
      await writeRun(logdir, 'vanishing-runs', [healthyFile(50)]);
      await delay(5);
      rmSync(join(logdir, 'vanishing-runs'), { recursive: true });
    }
    await writeRun(logdir, 'vanishing-runs', [healthyFile(7)]);
  },
  async problems(scene) {
    const rows = await rowsOf(scene, 'vanishing-runs', 'loss');
    return rows === 7 ? [] : [`The run that came back has ${rows} of 7 points.`];
  },
};

export async function rowsOf(scene: Scene, run: string, tag: string): Promise<number> {
  const detail = await scene.detail(run);
  return detail?.tags.find((one) => one.tag === tag)?.rows ?? 0;
}

export const FOLDER_KINDS: readonly Kind[] = [
  manyFiles,
  swaps,
  names,
  unreadableStart,
  impossibleLogdir,
  vanishing,
];
