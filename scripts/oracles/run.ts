/**
 * Checks every implementation of convolution against oracle files. DIR has their layout (conv/…); without it
 * ../shared/oracles is taken where it is there, else the copies among the fixtures.
 *
 *   npm run oracles [-- DIR]
 */

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '@convscope/shared/message-of.js';
import { BACKEND_NAMES, type BackendName, loadBackend } from '#server/tfjs/backend.js';
import { oneOf, optional, readCommandLine } from '../command-line.js';
import { type Check, checkConv } from './check-conv.js';
import { type ConvOracles, readConvOracles } from './conv-files.js';
import { plainImplementation } from './plain-implementation.js';
import { oracleTable, type Row } from './table.js';
import { tfjsImplementation } from './tfjs-implementation.js';

/** What the process of one backend tells. */
type Answer = { readonly checks: readonly Check[] } | { readonly unavailable: string };

const self = fileURLToPath(import.meta.url);
/** This file runs from scripts/dist/oracles. */
const root = path.resolve(path.dirname(self), '../../..');

function defaultDirectory(): string {
  const shared = path.join(root, '..', 'shared', 'oracles');
  return existsSync(path.join(shared, 'conv')) ? shared : path.join(root, 'shared/src/convolution/fixtures');
}

async function checkBackend(wanted: BackendName, oracles: ConvOracles): Promise<Answer> {
  let backend: Awaited<ReturnType<typeof loadBackend>>;
  try {
    backend = await loadBackend({ wanted });
  } catch (error) {
    return { unavailable: messageOf(error) };
  }
  const before = backend.tf.memory().numTensors;
  const checks = await checkConv(tfjsImplementation(backend.tf, wanted), oracles);
  const left = backend.tf.memory().numTensors - before;
  const failure = left === 0 ? undefined : `${left} tensors were not disposed of`;
  return { checks: [...checks, { file: 'all files', what: 'memory', name: 'tensors', failure }] };
}

/** tfjs has one engine a process, and two packages of it on one engine disagree: each backend gets a process. */
function inProcess(wanted: BackendName, directory: string): Promise<Answer> {
  const child = fork(self, [directory, '--backend', wanted], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as Answer));
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`The process that checks ${wanted} ended with ${code} before it answered.`)),
    );
  });
}

async function main(directory: string): Promise<boolean> {
  const oracles = readConvOracles(directory);
  console.log(`oracles: ${oracles.folder}`);
  if (oracles.missing.length > 0) console.log(`not there: ${oracles.missing.join(', ')}`);
  console.log();
  const rows: Row[] = [
    { implementation: plainImplementation.name, checks: await checkConv(plainImplementation, oracles) },
  ];
  const wasm = await inProcess('wasm', directory);
  if ('unavailable' in wasm) throw new Error(wasm.unavailable);
  rows.push({ implementation: 'wasm', checks: wasm.checks });
  for (const native of ['tfjs-node-gpu', 'tfjs-node'] satisfies BackendName[]) {
    const answer = await inProcess(native, directory);
    if ('checks' in answer) {
      rows.push({ implementation: native, checks: answer.checks });
      break;
    }
    console.log(`not checked: ${answer.unavailable}`);
  }
  for (const { implementation, checks } of rows) {
    for (const { file, what, name, failure } of checks) {
      if (failure !== undefined)
        console.log(`FAILED ${implementation} ${file} ${name} (${what}): ${failure}`);
    }
  }
  console.log(oracleTable(rows));
  const all = rows.flatMap(({ checks }) => checks);
  const failed = all.filter(({ failure }) => failure !== undefined).length;
  console.log(`\n${all.length - failed} passed, ${failed} failed`);
  return failed === 0;
}

const { flags, words } = readCommandLine({
  run: 'npm run oracles --',
  purpose: 'Checks every implementation of convolution against oracle files.',
  flags: { backend: oneOf(BACKEND_NAMES, 'check only this, as the check does in a process of its own') },
  words: { DIR: optional('a folder with oracle files below conv/') },
});
const { DIR: given } = words;
// npm runs scripts in the project's root; what the user types is relative to where they stand.
const here = process.env['INIT_CWD'] ?? process.cwd();
const directory = given === undefined ? defaultDirectory() : path.resolve(here, given);
if (flags.backend !== undefined && process.send) {
  process.send(await checkBackend(flags.backend, readConvOracles(directory)), () => process.exit(0));
} else {
  try {
    process.exitCode = (await main(directory)) ? 0 : 1;
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 2;
  }
}
