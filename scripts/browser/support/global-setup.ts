/** Once before all browser tests: a place for what they share, which is removed after them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'convscope-kept-'));
  project.provide('keptFolders', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
