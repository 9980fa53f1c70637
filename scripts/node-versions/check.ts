/**
 * Starts convscope once under each Node that it supports: its version, the hub, three training steps on synthetic
 * pictures on wasm, and the native binding where it is installed. Fetches the Nodes with npm the first time.
 *
 *   node scripts/dist/node-versions/check.js [--tests]
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '@convscope/shared/message-of.js';
import { startProcess } from '#server/testing/process.js';
import { CLI } from '#server/testing/product.js';
import { locateNative, NATIVE_NAMES } from '#server/tfjs/locate-native.js';
import { onOff, readCommandLine } from '../command-line.js';
import { NODE_VERSIONS, provideNode } from './install-node.js';

const { flags } = readCommandLine({
  run: 'node scripts/dist/node-versions/check.js',
  purpose: `Starts convscope under Node ${NODE_VERSIONS.join(', ')}. Fetches them with npm the first time.`,
  flags: { tests: onOff('run all tests under each as well, except those in a browser') },
});

const WORKSPACE = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = join(WORKSPACE, 'node_modules', 'vitest', 'vitest.mjs');

const SMOKE_TEST = createRequire(import.meta.url).resolve('#server/native-install/smoke-test.js');
const STEP_MILLISECONDS = 120_000;
const TESTS_MILLISECONDS = 30 * 60_000;

interface Output {
  readonly code: number | string;
  readonly text: string;
}

/** Runs a command to its end. One that takes longer than its limit is killed. */
async function run(node: string, args: readonly string[], cwd: string): Promise<Output> {
  const program = startProcess(args, { node, cwd, timeoutMs: STEP_MILLISECONDS });
  return { code: await program.ended, text: program.output() };
}

function expectEnd(what: string, output: Output): string {
  if (output.code !== 0) throw new Error(`${what} ended with code ${output.code}:\n${output.text.trim()}`);
  return output.text;
}

/** The hub prints its URL, answers there, and ends when it is interrupted. */
async function checkHub(node: string, directory: string): Promise<string> {
  const args = [CLI, 'serve', '--logdir', join(directory, 'runs'), '--port', '0', '--no-open'];
  const hub = startProcess(args, { node, cwd: directory, timeoutMs: STEP_MILLISECONDS });
  try {
    const [url] = await hub.prints(/http:\/\/[^\s]+/);
    const answer = await fetch(new URL('api/runs', url));
    if (!answer.ok) throw new Error(`the hub answered ${answer.status} for its runs`);
    hub.child.kill('SIGINT');
    const code = await hub.ended;
    if (code !== 0) throw new Error(`the hub ended with code ${code} after SIGINT:\n${hub.output()}`);
    return 'serves and ends';
  } finally {
    hub.child.kill('SIGKILL');
  }
}

async function checkTraining(node: string, directory: string): Promise<string> {
  const args = [CLI, 'train', '--data', 'synthetic', '--steps', '3', '--batch', '8', '--backend', 'wasm'];
  const logdir = join(directory, 'training');
  const rest = ['--logdir', logdir, '--name', 'three', '--port', '0', '--no-open', '--exit-when-done'];
  expectEnd('training', await run(node, [...args, ...rest], directory));
  const dump = expectEnd('dump', await run(node, [CLI, 'dump', join(logdir, 'three'), '--json'], directory));
  const losses = dump.split('\n').filter((line) => line.includes('"train/loss"')).length;
  if (losses !== 3) throw new Error(`three steps left ${losses} losses in the log`);
  return '3 steps, 3 losses';
}

async function checkVersion(node: string, directory: string): Promise<string> {
  return expectEnd('--version', await run(node, [CLI, '--version'], directory)).trim();
}

async function checkNative(node: string, directory: string): Promise<string> {
  const tried: string[] = [];
  for (const name of NATIVE_NAMES) {
    const location = locateNative(name);
    if (location === undefined) continue;
    expectEnd(name, await run(node, [SMOKE_TEST, location.directory], directory));
    tried.push(name);
  }
  return tried.length === 0 ? 'not installed' : `${tried.join(', ')} compute`;
}

/** The tests start further processes by the name `node` as well. */
async function checkTests(node: string): Promise<string> {
  const path = `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}`;
  const tests = startProcess([VITEST, 'run', '--project', '!browser'], {
    ...{ node, cwd: WORKSPACE, env: { ...process.env, PATH: path }, timeoutMs: TESTS_MILLISECONDS },
  });
  const code = await tests.ended;
  if (code !== 0) throw new Error(`vitest ended with code ${code}:\n${tests.output().trim()}`);
  return /Tests .*/.exec(tests.output())?.[0] ?? 'no test was run';
}

const CHECKS = {
  version: checkVersion,
  hub: checkHub,
  training: checkTraining,
  native: checkNative,
  ...(flags.tests ? { tests: checkTests } : {}),
} as const;

async function main(): Promise<void> {
  for (const version of NODE_VERSIONS) {
    const node = await provideNode(version);
    for (const [name, check] of Object.entries(CHECKS)) {
      const directory = await mkdtemp(join(tmpdir(), 'convscope-node-'));
      try {
        const found = await check(node, directory);
        console.log(`ok    Node ${version}  ${name}: ${found}`);
      } catch (error) {
        console.log(`FAIL  Node ${version}  ${name}: ${messageOf(error)}`);
        process.exitCode = 1;
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }
  }
}

await main();
