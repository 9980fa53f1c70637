/** A file that does not grow, wherever its bytes are: in memory, or on a disk and read by ranges. */
export interface LogFile {
  /** The folder below what was opened, with `/` between its parts, and the file's name. */
  readonly path: string;
  readonly size: number;
  /** Bytes [from, to) of the file. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Whether TensorBoard, and so convscope, reads a file of this name as an event file. */
export function isEventFileName(name: string): boolean {
  return name.includes('tfevents');
}

/** When the writer began the file, in seconds since the epoch: all writers name it by that. 0 if the name does not say it. */
export function timeInName(name: string): number {
  return Number(/tfevents\.(\d{9,10})(?!\d)/.exec(name)?.[1] ?? 0);
}
