import type { BackendName } from '../tfjs/backend.js';

/** `note`: it works, but there is something to know. `problem`: something does not work. */
export type CheckStatus = 'ok' | 'note' | 'problem';

/** One line of the report. */
export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found. */
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface BackendReport {
  readonly name: BackendName;
  readonly loads: boolean;
  /** Why it does not load. */
  readonly reason?: string;
  readonly library?: string;
  /** Where the native package comes from. */
  readonly source?: string;
  readonly directory?: string;
  readonly device?: 'gpu' | 'cpu';
  readonly threads?: number;
  /** The CUDA version that the library needs to use a GPU; absent if it cannot use one. */
  readonly cuda?: string;
  /** Time for loading and a first computation, in a separate process. */
  readonly milliseconds?: number;
}

export interface DoctorReport {
  /** False when there is a problem. */
  readonly ok: boolean;
  readonly convscope: string;
  readonly machine: {
    readonly node: string;
    readonly platform: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly gpus: readonly string[];
  };
  /** Best first. Plain JavaScript is not included: it is used only if requested by name. */
  readonly backends: readonly BackendReport[];
  /** The backend that training would use. */
  readonly best: BackendName | null;
  readonly cache: {
    readonly directory: string;
    /** The size of each part on disk, in bytes; hard links are counted once. */
    readonly parts: Readonly<Record<string, number>>;
  };
  readonly checks: readonly Check[];
}
