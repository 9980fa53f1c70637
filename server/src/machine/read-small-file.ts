/** Reads files that convscope keeps for itself, but which others may have replaced. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Windows has no such flag, and no FIFOs among its files. */
export const WITHOUT_WAITING = constants.O_NONBLOCK ?? 0;

/**
 * The whole text of a file. Unlike `readFile`, it neither waits for a FIFO nor reads without an end.
 * @throws Error when the file cannot be opened, is not a file, or has more than `mostBytes`
 */
export async function readSmallFile(path: string, mostBytes: number): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | WITHOUT_WAITING);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Error(`${path} is not a file.`);
    if (found.size > mostBytes) throw new Error(`${path} has more than ${mostBytes} bytes.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
