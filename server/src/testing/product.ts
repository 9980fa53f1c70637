/** convscope as a user starts it, with folders of its own, for tests and benches. Runs the compiled code. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startProcess, type TestProcess } from './process.js';

// Two folders up is the server, from src/testing as well as from dist/testing.
const SERVER = fileURLToPath(new URL('../..', import.meta.url));
export const CLI = join(SERVER, 'bin', 'convscope.js');
/** A few hundred real CIFAR-10 pictures. */
export const PICTURES = join(SERVER, 'src', 'trainer', 'fixtures', 'cifar10-subset');

const STOP_WITHIN_MS = 10_000;

export interface TestFolder {
  readonly root: string;
  /** Where convscope keeps spool and token. */
  readonly cache: string;
  readonly logdir: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

/** A folder of its own for the cache and the logs of a test. */
export function testFolder(): TestFolder {
  const root = mkdtempSync(join(tmpdir(), 'convscope-test-'));
  mkdirSync(join(root, 'runs'));
  return {
    root,
    cache: join(root, 'cache', 'convscope'),
    logdir: join(root, 'runs'),
    env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache') },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface Product extends TestProcess {
  /** Of its page, with a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
}

type ProductFolder = Pick<TestFolder, 'logdir' | 'env'>;

/** The process of `convscope COMMAND …`, which need not have a page yet. */
export function startCommand(
  folder: ProductFolder,
  command: 'train' | 'serve',
  args: readonly string[] = [],
): TestProcess {
  const fixed = args.includes('--port') ? [] : ['--port', '0'];
  return startProcess([CLI, command, '--logdir', folder.logdir, '--no-open', ...fixed, ...args], {
    env: folder.env,
  });
}

/** Starts `convscope COMMAND …` and waits for its page. @throws when it ends before */
export async function startProduct(
  folder: ProductFolder,
  command: 'train' | 'serve',
  args: readonly string[] = [],
): Promise<Product> {
  const started = startCommand(folder, command, args);
  const [, url, port] = await started.prints(/Page: (http:\/\/localhost:(\d+)\/)/);
  return {
    ...started,
    url: url!,
    port: Number(port),
    async stop() {
      started.child.kill('SIGINT');
      const killed = setTimeout(() => started.child.kill('SIGKILL'), STOP_WITHIN_MS);
      await started.ended;
      clearTimeout(killed);
    },
  };
}

/** A hub on this port. @throws when it gets another one */
export async function startHubProcess(folder: ProductFolder, port: number): Promise<Product> {
  const hub = await startProduct(folder, 'serve', ['--port', String(port)]);
  if (hub.port === port) return hub;
  hub.child.kill('SIGKILL');
  throw new Error(`The hub listens on ${hub.port} since ${port} is taken.`);
}
