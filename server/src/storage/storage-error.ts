/** Why a storage could not do what was asked, in terms that hold for any kind of storage. */
export type StorageProblem =
  /** No room left, or the quota is used up. Passes when room is made. */
  | 'full'
  | 'over-quota'
  /** The device reports an error. */
  | 'broken'
  | 'read-only'
  | 'forbidden'
  /** Too many files open at once: passes by itself. */
  | 'busy'
  | 'not-a-directory'
  | 'name-too-long'
  /** The storage takes long to answer, or never does. */
  | 'no-answer'
  /** The file that was open is no longer at its path. */
  | 'lost'
  | 'other';

export class StorageError extends Error {
  readonly problem: StorageProblem;

  constructor(problem: StorageProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.problem = problem;
  }
}

export function storageProblemOf(error: unknown): StorageProblem {
  return error instanceof StorageError ? error.problem : 'other';
}
