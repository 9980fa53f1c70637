/** How a log lies in an exported page. */

/** The ids of the elements: what is embedded, and the base64 of each file, compressed with gzip. */
export const EMBEDDED_ID = 'convscope-log';
export const embeddedFileId = (file: number): string => `${EMBEDDED_ID}-${file}`;

/** What is said of the log, as JSON. */
export interface EmbeddedLog {
  readonly version: 1;
  readonly run: string;
  readonly files: readonly string[];
  /** What was left out, as sentences. */
  readonly notices: readonly string[];
}
