/** Answers what a page asks of files, with the code with which the hub answers. Runs in a worker, and has no side effects. */
import { createCaptureHistory } from '@convscope/shared/answers/capture-history.js';
import { createHparamsReader } from '@convscope/shared/answers/read-hparams.js';
import { askSeries } from '@convscope/shared/answers/series/asked-series.js';
import { EncodedSeries } from '@convscope/shared/answers/series/encoded-series.js';
import { findValues } from '@convscope/shared/answers/series/find-values.js';
import { listTags } from '@convscope/shared/answers/series/list-tags.js';
import { seriesBytes } from '@convscope/shared/answers/series/series-bytes.js';
import { seriesText, type TextFormat } from '@convscope/shared/answers/series/series-text.js';
import { summarize } from '@convscope/shared/answers/series/summarize.js';
import { summariseEvent } from '@convscope/shared/answers/summarise-event.js';
import type { ExportRequest } from '@convscope/shared/export/export-choice.js';
import { type ExportSize, exportSize, exportText } from '@convscope/shared/export/one-file.js';
import { createFileLog } from '@convscope/shared/file-log/file-log.js';
import type { LogFile } from '@convscope/shared/file-log/log-file.js';
import { joined, joinedPieces } from '@convscope/shared/joined.js';
import type { Run } from '@convscope/shared/log-index/run.js';
import type { HistoryQuestion } from '@convscope/shared/protocol/history.js';
import type { HparamsAnswer } from '@convscope/shared/protocol/hparams.js';
import type { Listing } from '@convscope/shared/protocol/listing.js';
import type { RunDetail, Subscription } from '@convscope/shared/protocol/live.js';
import type { AnswerPart } from '@convscope/shared/protocol/parts.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import {
  type SeriesRequest,
  seriesRequestSchema,
  type ValuesAnswer,
  type ValuesRequest,
} from '@convscope/shared/protocol/series.js';
import type { SummariesAnswer, SummariesRequest } from '@convscope/shared/protocol/summaries.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import { inflate } from '../../decode/inflate.js';
import type { ColumnRef, NumbersRequest, RunList } from '../source.js';

/** A file of the log, with the folder below what was opened in its path. */
export interface OpenedFile {
  readonly path: string;
  /** Bytes where the page holds the file itself: in a page from disk, WebKit lets no worker read a blob. */
  readonly content: Blob | Uint8Array<ArrayBuffer>;
}

export interface OpenedLog {
  /** How people know what was opened. */
  readonly name: string;
  readonly files: readonly OpenedFile[];
  /** The run of the files that lie in no folder. */
  readonly rootRun?: string;
  /** Sentences about what the files lack. */
  readonly notices?: readonly string[];
}

interface ExportAsk {
  readonly run: string;
  readonly request: ExportRequest;
  readonly template: string;
}

/** What can be asked, by name: the question and its answer. */
export interface LogQuestions {
  detail: { ask: { readonly run: string }; answer: RunDetail };
  series: { ask: SeriesRequest; answer: Uint8Array };
  values: { ask: ValuesRequest; answer: ValuesAnswer };
  summaries: { ask: SummariesRequest; answer: SummariesAnswer };
  hparams: { ask: null; answer: HparamsAnswer };
  listing: { ask: null; answer: Listing };
  indexRows: { ask: { readonly ref: ColumnRef; readonly from: number }; answer: Uint8Array };
  event: { ask: { readonly run: string; readonly row: BlobRow }; answer: Uint8Array };
  histories: {
    ask: { readonly run: string; readonly questions: readonly HistoryQuestion[] };
    answer: readonly AnswerPart[];
  };
  numbers: { ask: { readonly request: NumbersRequest; readonly format: TextFormat }; answer: Blob };
  exportSize: { ask: ExportAsk; answer: ExportSize };
  exportRun: { ask: ExportAsk; answer: Blob };
  /** For each series that has points: the places of its run and tag in the subscription, and how many rows it has. */
  rows: { ask: Subscription; answer: readonly (readonly [run: number, tag: number, rows: number])[] };
}

export type LogAsk = keyof LogQuestions;

export interface LogService {
  /** @throws with a sentence */
  answer<K extends LogAsk>(ask: K, question: LogQuestions[K]['ask']): Promise<LogQuestions[K]['answer']>;
}

/** While files are read, the list of runs is told so often, in ms. */
const TELL_MS = 250;

type Answers = { [K in LogAsk]: (question: LogQuestions[K]['ask']) => Promise<LogQuestions[K]['answer']> };

/** Begins to read at once. `tell` hears of the runs while they are read, and when all have been. */
export function createLogService(
  { name, files, rootRun, notices = [] }: OpenedLog,
  tell: (list: RunList) => void,
): LogService {
  const log = createFileLog({
    name,
    files: files.map(logFileOf),
    ...(rootRun === undefined ? {} : { rootRun }),
    generation: Date.now(),
  });
  const history = createCaptureHistory(log, async (capture) => summariseEvent(capture, inflate));
  const hparams = createHparamsReader(log);
  const encoded = new EncodedSeries();

  const list = (): RunList => ({
    logdir: name,
    notices: [...notices, ...log.notices],
    runs: [...log.runs.values()].map((run) => run.summary()),
  });
  const runOf = (id: string): Run => {
    const run = log.runs.get(id);
    if (run === undefined) throw new Error(`There is no such run in ${name}.`);
    return run;
  };

  const filesOf = (id: string): readonly LogFile[] => {
    runOf(id);
    return log.runs.get(id)?.sources ?? [];
  };

  async function read(): Promise<void> {
    const budget = new TimeBudget();
    let told = performance.now();
    tell(list());
    for (const run of log.runs.values()) {
      await run.read(() => {
        if (performance.now() - told < TELL_MS) return;
        told = performance.now();
        tell(list());
      });
      await budget.rest();
    }
    tell(list());
  }
  void read();

  const answers: Answers = {
    detail: async ({ run }) => runOf(run).detail(),
    async series(request) {
      const pieces: Uint8Array[] = [];
      for await (const piece of seriesBytes(await askSeries(log, request, request), request, encoded))
        pieces.push(piece);
      return joined(pieces);
    },
    values: async (request) =>
      findValues(await askSeries(log, request, { x: request.x, replaced: false }), request),
    summaries: async (request) => summarize(await askSeries(log, request, { x: 'step', replaced: false })),
    hparams: async () => hparams.read(),
    listing: async () => new TimeBudget().do(listTags(log)),
    async indexRows({ ref: { run, tag, kind }, from }) {
      const column = kind === 'scalar' ? null : runOf(run).column(tag, kind);
      if (!column) throw new Error('The run has no records of this kind and tag.');
      // A copy: the memory of the index is not to be sent away.
      return column.bytes(from).slice();
    },
    async event({ run, row: { file, offset, length } }) {
      const pieces = await log.event(run, file, offset, length);
      if (!pieces) throw new Error('No event of this run lies there.');
      return joinedPieces(pieces);
    },
    histories: ({ run, questions }) => history.read(runOf(run), questions),
    async numbers({ request: wanted, format }) {
      const request = seriesRequestSchema.parse(wanted);
      const pieces: string[] = [];
      for await (const piece of seriesText(await askSeries(log, request, request), request, format, false))
        pieces.push(piece);
      return new Blob(pieces, { type: format === 'csv' ? 'text/csv' : 'application/json' });
    },
    exportSize: async ({ run, request, template }) => exportSize({ files: filesOf(run), request, template }),
    async exportRun({ run, request, template }) {
      const pieces: string[] = [];
      const options = { run, files: filesOf(run), request, template, compress };
      for await (const piece of exportText(options)) pieces.push(piece);
      return new Blob(pieces, { type: 'text/html' });
    },
    async rows({ runs, tags }) {
      return runs.flatMap((id, run) =>
        tags.flatMap((tag, place) => {
          const column = log.runs.get(id)?.scalars(tag);
          return column ? [[run, place, column.rows] as const] : [];
        }),
      );
    },
  };
  return { answer: (ask, question) => answers[ask](question) };
}

function logFileOf({ path, content }: OpenedFile): LogFile {
  if (content instanceof Uint8Array)
    return { path, size: content.length, read: async (from, to) => content.slice(from, to) };
  return {
    path,
    size: content.size,
    read: async (from, to) => new Uint8Array(await content.slice(from, to).arrayBuffer()),
  };
}

async function* compress(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (typeof CompressionStream === 'undefined')
    throw new Error('This browser cannot pack a log: Chrome 80, Firefox 113 and Safari 16.4 can.');
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of pieces) parts.push(new Uint8Array(piece));
  const stream = new Blob(parts).stream().pipeThrough(new CompressionStream('gzip'));
  yield new Uint8Array(await new Response(stream).arrayBuffer());
}
