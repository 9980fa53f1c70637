/**
 * Where the page gets its runs from. One interface: a live hub today, a dropped log file tomorrow. Nothing beyond
 * this folder knows which one it is.
 */
import type {
  GapSummary,
  LiveBlob,
  LiveRows,
  RunDetail,
  RunSummary,
  Watch,
} from '@convscope/shared/protocol/live.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';

export type ConnectionState =
  | { readonly status: 'connecting' }
  /** `roundTrip` in milliseconds, undefined before the first answer. */
  | { readonly status: 'connected'; readonly roundTrip: number | undefined }
  /** Times in milliseconds since the epoch. */
  | { readonly status: 'lost'; readonly since: number; readonly retryAt: number }
  /** It answers and will not serve this page; `reason` says why and what to do. */
  | { readonly status: 'refused'; readonly reason: string };

export interface RunList {
  readonly logdir: string;
  readonly runs: readonly RunSummary[];
}

export interface SourceListener {
  connection?(state: ConnectionState): void;
  runs?(list: RunList): void;
  rows?(rows: LiveRows): void;
  blob?(blob: LiveBlob): void;
  gap?(run: string, generation: number, gap: GapSummary): void;
}

export interface ColumnRef {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: string;
}

/** The files of the run were replaced or cut: everything known of it is void. */
export class GenerationChangedError extends Error {
  constructor(run: string) {
    super(`The files of the run ${run} were replaced while they were read.`);
    this.name = 'GenerationChangedError';
  }
}

/** The hub answered and could not give it now; another time it may. */
export class TryAgainError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TryAgainError';
  }
}

export interface Source {
  /** For the status line, as `localhost:6180`. */
  readonly address: string;
  readonly connection: ConnectionState;
  /** Undefined until the source has said which runs there are. */
  readonly list: RunList | undefined;
  /** Returns the function that ends it. */
  listen(listener: SourceListener): () => void;
  /** Replaces what was watched before; kept and repeated after a lost connection. */
  watch(watch: Watch): void;
  /** What is known of a run. Asked anew after every connection. */
  detail(run: string, signal: AbortSignal): Promise<RunDetail>;
  /** What `tag` shows has been drawn: the next one may come. */
  credit(run: string, tag: string): void;
  /** SCALAR_ROW_BYTES each, from row `from` on. @throws GenerationChangedError */
  scalarRows(ref: ColumnRef, from: number, signal: AbortSignal): Promise<Uint8Array>;
  /** BLOB_ROW_BYTES each, from row `from` on. @throws GenerationChangedError */
  indexRows(ref: ColumnRef, from: number, signal: AbortSignal): Promise<Uint8Array>;
  /** The event's data, without its frame. @throws GenerationChangedError */
  event(run: string, generation: number, row: BlobRow, signal: AbortSignal): Promise<Uint8Array>;
  /** Tries at once to get a lost connection back. */
  retry(): void;
  close(): void;
}
