/** Messages between the page and the worker that reads files. Each question comes with a port for its answer. */
import type { RunList } from '../source.js';
import type { LogAsk, LogQuestions, OpenedLog } from './log-service.js';

export type QuestionMessage = {
  readonly [K in LogAsk]: { readonly ask: K; readonly question: LogQuestions[K]['ask'] };
}[LogAsk];

export type ToLogWorker = { readonly open: OpenedLog } | QuestionMessage;

/** The list of runs, whenever it has changed. */
export type FromLogWorker = RunList;

export type Answered<T> = { readonly answer: T } | { readonly error: string };
