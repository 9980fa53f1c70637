/** Files as a source, without a hub: dropped on the page, or embedded in it. They do not grow, and cannot be changed. */
import type { Subscription } from '@convscope/shared/protocol/live.js';
import { decodeSeries } from '@convscope/shared/protocol/series-codec.js';
import type { ScalarRows } from '../../series/series.js';
import type { ConnectionState, RunList, Source, SourceListener } from '../source.js';
import { openLog } from './ask-log.js';
import type { LogAsk, LogQuestions, OpenedLog } from './log-service.js';

const NO_ROWS: ScalarRows = { steps: [], wallTimes: [], values: [] };

export const NO_ACTIONS =
  'This log was opened from a file, and is not changed here. Serve its folder with `convscope serve` to name, archive or delete runs.';

/** The page that an export is put into. An exported page has only itself. */
async function template(signal: AbortSignal): Promise<string> {
  if (location.protocol === 'file:')
    throw new Error(
      'This page is an exported file already: copy the file, or export the run where its log is.',
    );
  const response = await fetch(new URL('one-file.html', document.baseURI), { signal });
  if (!response.ok) throw new Error(`The page to export into cannot be loaded (${response.status}).`);
  return response.text();
}

export function createFileSource(log: OpenedLog): Source {
  const listeners = new Set<SourceListener>();
  let connection: ConnectionState = { status: 'connected', roundTrip: undefined };
  let list: RunList | undefined;
  let subscription: Subscription | undefined;
  let isClosed = false;
  const tell = (call: (listener: SourceListener) => void): void => {
    if (!isClosed) for (const listener of listeners) call(listener);
  };

  const asker = openLog(log, {
    list(next) {
      list = next;
      tell((listener) => listener.runs?.(next));
      void tellRows();
    },
    failed(reason) {
      connection = { status: 'refused', reason };
      tell((listener) => listener.connection?.(connection));
    },
  });
  const ask = async <K extends LogAsk>(
    what: K,
    question: LogQuestions[K]['ask'],
    signal: AbortSignal,
  ): Promise<LogQuestions[K]['answer']> => {
    signal.throwIfAborted();
    const answer = await asker.ask(what, question);
    signal.throwIfAborted();
    return answer;
  };

  /** How many rows there are of what was subscribed to. */
  async function tellRows(): Promise<void> {
    const wanted = subscription;
    if (wanted === undefined) return;
    const rows = await asker.ask('rows', wanted).catch(() => []);
    if (wanted !== subscription) return;
    for (const [run, tag, start] of rows) {
      const names = { run: wanted.runs[run] ?? '', tag: wanted.tags[tag] ?? '' };
      const generation = list?.runs.find((one) => one.run === names.run)?.generation;
      if (generation !== undefined)
        tell((listener) => listener.scalars?.({ ...names, generation, start, rows: NO_ROWS }));
    }
  }

  return {
    origin: 'file',
    address: log.name,
    get connection() {
      return connection;
    },
    get list() {
      return list;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // Nothing new comes.
    watch: () => undefined,
    credit: () => undefined,
    retry: () => undefined,
    subscribe(next) {
      subscription = next;
      void tellRows();
    },
    detail: (run, signal) => ask('detail', { run }, signal),
    series: async (request, signal) => decodeSeries(await ask('series', request, signal)),
    values: (request, signal) => ask('values', request, signal),
    summaries: (request, signal) => ask('summaries', request, signal),
    hparams: (signal) => ask('hparams', null, signal),
    listing: (signal) => ask('listing', null, signal),
    control: async () => ({ readOnly: true, readOnlyReason: NO_ACTIONS }),
    trash: async () => ({ runs: [] }),
    act: () => Promise.reject(new Error(NO_ACTIONS)),
    indexRows: (ref, from, signal) => ask('indexRows', { ref, from }, signal),
    event: (run, _generation, row, signal) => ask('event', { run, row }, signal),
    async *events(run, _generation, rows, signal) {
      // All are asked for at once: the worker answers one after the other.
      const answers = rows.map((row) => ask('event', { run, row }, signal).catch(() => undefined));
      for (const answer of answers) yield await answer;
    },
    histories: (run, _generation, questions, signal) => ask('histories', { run, questions }, signal),
    numbers: (request, format, signal) => ask('numbers', { request, format }, signal),
    exportSize: async (run, request, signal) =>
      ask('exportSize', { run, request, template: await template(signal) }, signal),
    exportRun: async (run, request, signal) =>
      ask('exportRun', { run, request, template: await template(signal) }, signal),
    close() {
      isClosed = true;
      asker.close();
      listeners.clear();
    },
  };
}
