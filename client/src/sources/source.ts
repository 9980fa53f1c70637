/**
 * Where the page gets its runs from: a live hub, or files without one. Pages ask both alike, and say with `origin` what
 * files cannot do.
 */
import type { ExportRequest } from '@convscope/shared/export/export-choice.js';
import type { ExportSize } from '@convscope/shared/export/one-file.js';
import type {
  ControlRequest,
  ControlAnswer as TrainerAnswer,
  TrainerReport,
} from '@convscope/shared/protocol/control.js';
import type { FilesAnswer } from '@convscope/shared/protocol/files-beside.js';
import type { HistoryQuestion } from '@convscope/shared/protocol/history.js';
import type { HparamsAnswer } from '@convscope/shared/protocol/hparams.js';
import type { Listing } from '@convscope/shared/protocol/listing.js';
import type {
  GapSummary,
  LiveBlob,
  LiveRows,
  RunDetail,
  RunSummary,
  Subscription,
  Watch,
} from '@convscope/shared/protocol/live.js';
import type { AnswerPart } from '@convscope/shared/protocol/parts.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import type {
  ControlAnswer,
  RunAction,
  RunActionsAnswer,
  TrashAnswer,
} from '@convscope/shared/protocol/run-actions.js';
import type {
  SeriesAnswer,
  SeriesRequest,
  ValuesAnswer,
  ValuesRequest,
} from '@convscope/shared/protocol/series.js';
import type { SummariesAnswer, SummariesRequest } from '@convscope/shared/protocol/summaries.js';
import type { ScalarRows } from '../series/series.js';

export type ConnectionState =
  | { readonly status: 'connecting' }
  /** `roundTrip` in milliseconds, undefined before the first answer. */
  | { readonly status: 'connected'; readonly roundTrip: number | undefined }
  /** Times in milliseconds since the epoch. `reason` says why and what to do, if more is known than that nothing answers. */
  | {
      readonly status: 'lost';
      readonly since: number;
      readonly retryAt: number;
      readonly reason?: string | undefined;
    }
  /** A static copy of the page: its server is not a hub, and will not become one. */
  | { readonly status: 'absent'; readonly reason: string }
  /** The hub answered but refuses to serve this page; `reason` says why and what to do. */
  | { readonly status: 'refused'; readonly reason: string };

export interface RunList {
  readonly logdir: string;
  /** Sentences about what the logdir holds and is not shown; absent if there is nothing. */
  readonly notices?: readonly string[];
  readonly runs: readonly RunSummary[];
}

/** New rows of a scalar; the first of them has the number `start`. */
export interface LiveScalars {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly start: number;
  /** How many points the series has after these rows, with one value a step; undefined if that is not known. */
  readonly kept?: number | undefined;
  readonly rows: ScalarRows;
}

export interface SourceListener {
  connection?(state: ConnectionState): void;
  runs?(list: RunList): void;
  /** New rows of the index of what is not a scalar. */
  rows?(rows: LiveRows): void;
  scalars?(rows: LiveScalars): void;
  blob?(blob: LiveBlob): void;
  gap?(run: string, generation: number, gap: GapSummary): void;
  /** What is known of the process that trains the followed run. */
  trainer?(report: TrainerReport): void;
}

/** The processes that train runs, which can be asked. */
export interface Trainers {
  /** Follows the process that trains this run instead of the one before; null for none. Asked again after every connection. */
  follow(run: string | null): void;
  ask(run: string, request: ControlRequest): Promise<TrainerAnswer>;
}

/** What lies beside the event files of runs for other programs. */
export interface FilesBeside {
  list(run: string, signal: AbortSignal): Promise<FilesAnswer>;
  /** Where one of them is downloaded from. */
  address(run: string, path: string): string;
}

export interface ColumnRef {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: string;
}

/** The files of the run were replaced or shortened, so everything known of it is void. */
export class GenerationChangedError extends Error {
  constructor(run: string) {
    super(`The files of the run ${run} were replaced while they were being read.`);
    this.name = 'GenerationChangedError';
  }
}

/** The hub could not answer the request now, but may later. */
export class TryAgainError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TryAgainError';
  }
}

/** An event whose bytes lie beside the page's own thread, where it will be decoded. */
export interface HeldEvent {
  readonly held: string;
  readonly byteLength: number;
  /** Call when it is not needed any more. */
  release(): void;
}

/** The event's data without its frame, or where they lie. */
export type EncodedEvent = Uint8Array | HeldEvent;

/** Requests events over HTTP beside the page's own thread, so that this one has only to draw. */
export interface EventFetcher {
  /** As `Source.events`, of the hub at `base`. */
  fetchEvents(
    base: URL,
    run: string,
    generation: number,
    rows: readonly BlobRow[],
    signal: AbortSignal,
  ): AsyncIterable<EncodedEvent | undefined>;
}

/** Which points are wanted as text. */
export type NumbersRequest = Pick<SeriesRequest, 'runs' | 'tags' | 'x' | 'from' | 'to'>;

export interface Source {
  /** Files do not grow while the page shows them, and nothing of them can be changed. */
  readonly origin: 'hub' | 'file';
  /** For the status line, such as `localhost:6180`, or what was opened. */
  /** Absent where there is no hub. */
  readonly trainers?: Trainers;
  /** Absent where there is no hub. */
  readonly filesBeside?: FilesBeside;
  /** For the status line, such as `localhost:6180`. */
  readonly address: string;
  readonly connection: ConnectionState;
  /** Undefined until the source has sent its list of runs. */
  readonly list: RunList | undefined;
  /** Adds a listener and returns a function that removes it. */
  listen(listener: SourceListener): () => void;
  /** Replaces the previous watch. It is sent again after a lost connection. */
  watch(watch: Watch): void;
  /**
   * The scalars whose new rows are wanted: these tags of these runs, whether they are there yet or not. It replaces the
   * previous subscription, and is sent again after a lost connection. How many rows there are already is told as rows
   * without any.
   */
  subscribe(subscription: Subscription): void;
  /** The details of a run. Request them again after every connection. */
  detail(run: string, signal: AbortSignal): Promise<RunDetail>;
  /** Signals that the latest blob of `tag` has been drawn and that the next one may be sent. */
  credit(run: string, tag: string): void;
  /** What can be seen of many scalars: their points or columns of pixels. What is refused says why. */
  series(request: SeriesRequest, signal: AbortSignal): Promise<SeriesAnswer>;
  /** The values of many scalars at one place. */
  values(request: ValuesRequest, signal: AbortSignal): Promise<ValuesAnswer>;
  /** The newest, lowest and highest value of many scalars. */
  summaries(request: SummariesRequest, signal: AbortSignal): Promise<SummariesAnswer>;
  /** Hyperparameters and configurations of all runs. */
  hparams(signal: AbortSignal): Promise<HparamsAnswer>;
  /** The tags of all runs. */
  listing(signal: AbortSignal): Promise<Listing>;
  /** Whether this page may change runs. */
  control(signal: AbortSignal): Promise<ControlAnswer>;
  /** The runs that were deleted and can be restored. */
  trash(signal: AbortSignal): Promise<TrashAnswer>;
  /** Labels, archives, deletes or restores runs. */
  act(action: RunAction, signal: AbortSignal): Promise<RunActionsAnswer>;
  /** Rows of BLOB_ROW_BYTES, from row `from` on. @throws GenerationChangedError */
  indexRows(ref: ColumnRef, from: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The event's data, without its frame. @throws GenerationChangedError */
  event(run: string, generation: number, row: BlobRow, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * The data of several events in the order of `rows`, as they arrive; undefined for one that is not there any more. Rows
   * beyond the limits of one request are asked for with further ones. What comes over HTTP is requested by `fetcher`.
   * @throws an error, TryAgainError if another try may succeed
   */
  events(
    run: string,
    generation: number,
    rows: readonly BlobRow[],
    signal: AbortSignal,
    fetcher: EventFetcher,
  ): AsyncIterable<EncodedEvent | undefined>;
  /**
   * Of each question, what the captures from row `from` on say about the channels, as `shared/protocol/history` describes: of the
   * first at least one, of all maybe not all. @throws GenerationChangedError
   */
  histories(
    run: string,
    generation: number,
    questions: readonly HistoryQuestion[],
    signal: AbortSignal,
  ): Promise<readonly AnswerPart[]>;
  /** Every point of many scalars as text, with every digit. */
  numbers(request: NumbersRequest, format: 'csv' | 'json', signal: AbortSignal): Promise<Blob>;
  /** How large a run is at most as one HTML file. @throws an error that says what is wrong with the request */
  exportSize(run: string, request: ExportRequest, signal: AbortSignal): Promise<ExportSize>;
  /** The run as one HTML file. */
  exportRun(run: string, request: ExportRequest, signal: AbortSignal): Promise<Blob>;
  /** Tries to reconnect immediately. */
  retry(): void;
  close(): void;
}
