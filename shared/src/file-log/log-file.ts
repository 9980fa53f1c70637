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
