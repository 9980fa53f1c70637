import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { FORBIDDEN, LONE_SURROGATE } from './run-name.js';

/** Why `name` may not name an event file; null when it may. */
export function fileNameProblem(name: string): string | null {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  if (name.includes('/') || FORBIDDEN.test(name) || name.startsWith('.') || LONE_SURROGATE.test(name)) {
    return `The file name ${shown} is not a plain file name.`;
  }
  if (Buffer.byteLength(name) > LIMITS.fileNameLength)
    return `The file name ${shown} is longer than ${LIMITS.fileNameLength} bytes.`;
  if (!isEventFileName(name))
    return `The file name ${shown} must contain "tfevents", or no reader would find the file.`;
  return null;
}
