import { createAskedWorker } from '../../ui/asked-worker.js';
import type { LoggedText } from './markdown.js';

const LIMIT_MS = 3_000;

/** The HTML of a text. It is not safe yet. @throws a sentence */
export const renderMarkdown = createAskedWorker<LoggedText, string>({
  start: () => new Worker(new URL('./markdown-worker.ts', import.meta.url), { type: 'module' }),
  here: async (text) => (await import('./markdown.js')).answerTo(text),
  limitMs: LIMIT_MS,
  tooLong: `It takes longer than ${LIMIT_MS / 1000} s.`,
});
