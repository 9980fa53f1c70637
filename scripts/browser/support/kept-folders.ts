/** Folders that one test fills for all files of this run of the tests, in whichever worker they are. Nobody changes them later. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { codeOf } from '#server/machine/error-code.js';
import { until } from '#server/testing/until.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly keptFolders: string;
  }
}

const WITHIN_MS = 170_000;

/** The folder of this name. The first to ask for it makes it; the others wait. `fill` may not find its folder yet. */
export async function keptFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('keptFolders'), name);
  const claim = `${folder}.claim`;
  while (!existsSync(folder)) {
    try {
      mkdirSync(claim);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      // Whoever fails takes the claim back, and the next one tries.
      await until(() => existsSync(folder) || !existsSync(claim), `the folder ${name}`, WITHIN_MS);
      continue;
    }
    try {
      const staging = `${folder}.staging`;
      rmSync(staging, { recursive: true, force: true });
      await fill(staging);
      renameSync(staging, folder);
    } finally {
      rmSync(claim, { recursive: true });
    }
  }
  return folder;
}
