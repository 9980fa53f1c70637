/** Rows of several indexes of a run in one answer (api/indexes): its parts are those of `parts`. */

/** The JSON body of the request. */
export interface IndexesRequest {
  readonly run: string;
  readonly generation: number;
  /** Of each index: its tag and kind, and the first row that is wanted. */
  readonly indexes: readonly (readonly [tag: string, kind: string, from: number])[];
}

export const INDEXES_LIMITS = {
  indexes: 256,
  /** Rows beyond are left for later requests. */
  answerBytes: 4 * 1024 * 1024,
  /** The body of the POST. The page sends long tags in several requests. */
  bodyBytes: 1024 * 1024,
} as const;
