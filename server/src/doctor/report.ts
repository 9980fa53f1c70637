import type { BackendName } from '../tfjs/backend.js';

/** `note`: it works, but knowing this helps; `problem`: something that is asked of convscope does not work. */
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
  /** Where a native package comes from. */
  readonly source?: string;
  readonly directory?: string;
  readonly device?: 'gpu' | 'cpu';
  readonly threads?: number;
  /** What the library asks for to use a GPU; absent where it cannot use one. */
  readonly cuda?: string;
  /** Loading and a first computation, in a process of its own. */
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
  /** Best first. Plain JavaScript is not among them: it is used only when asked for by name. */
  readonly backends: readonly BackendReport[];
  /** The one that training would use. */
  readonly best: BackendName | null;
  readonly cache: {
    readonly directory: string;
    /** Bytes on disk of each part; hard links counted once. */
    readonly parts: Readonly<Record<string, number>>;
  };
  readonly checks: readonly Check[];
}
