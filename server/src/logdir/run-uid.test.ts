import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { expect, it } from 'vitest';
import { runHead, scalar, uid } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { readFileOwner } from './run-uid.js';

async function ownerOf(bytes: Uint8Array) {
  const root = await temporaryFolder();
  const storage = await openLocalLogdir(root);
  await writeFile(join(root, 'events.out.tfevents.1'), bytes);
  try {
    return await readFileOwner(storage, 'events.out.tfevents.1');
  } finally {
    await storage.close();
  }
}

it('a file belongs to the run that its first record names', async () => {
  expect(await ownerOf(runHead(uid('a')))).toEqual({ runUid: uid('a') });
  expect(await ownerOf(scalar('x', 1, 1))).toBe('other');
  expect(await ownerOf(runHead(uid('a')).subarray(0, -5))).toBe('cut short');
});

it('a file whose run start this version cannot read belongs to another writer', async () => {
  const head = runHead(uid('a'));
  // The frame behind the file's version, with a version in its JSON that this program does not know.
  const start = head.subarray(head.length - startLength(head));
  const data = Buffer.from(start.subarray(12, -4));
  const at = data.indexOf('"version":1');
  expect(at).toBeGreaterThan(0);
  data[at + '"version":'.length] = '2'.charCodeAt(0);
  expect(await ownerOf(encodeFrame(data))).toBe('other');
});

function startLength(head: Buffer): number {
  const versionLength = Number(head.readBigUInt64LE(0)) + 16;
  return head.length - versionLength;
}
