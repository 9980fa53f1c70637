/** What tests look for while a writer's log is on its way. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { StartedRunWriter } from '../create-run-writer.js';

export const WAIT = { timeout: 30_000, interval: 5 };

/** Waits until the hub has acknowledged all that has been written so far. */
export function acknowledged(writer: StartedRunWriter): Promise<boolean> {
  return vi.waitUntil(() => {
    const { acknowledged: length, written } = writer.status();
    return length > 0 && length === written;
  }, WAIT);
}

export function eventFile(directory: string): string {
  return join(directory, readdirSync(directory).find((name) => name.includes('tfevents'))!);
}
