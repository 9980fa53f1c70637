/** A run as one HTML file: the built page (`one-file.html`) with the bytes of the log in it. */
import type { FrameGap } from '../event-log/frame-reader.js';
import type { LogFile } from '../file-log/log-file.js';
import { base64Of } from './base64.js';
import { EMBEDDED_ID, type EmbeddedLog, embeddedFileId } from './embedded.js';
import {
  choosesAll,
  type ExportRequest,
  emptyTally,
  parseExportRequest,
  problemOfChoice,
} from './export-choice.js';
import { thinnedFile } from './thinned-file.js';

/** Where the log goes in the built page. */
const PLACE = '<!--convscope-log-->';
const TITLE = '<title>convscope</title>';

export type Compress = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

export interface ExportOptions {
  readonly run: string;
  readonly files: readonly LogFile[];
  readonly request: ExportRequest;
  /** The text of `one-file.html`. */
  readonly template: string;
  /** Compresses with gzip. */
  readonly compress: Compress;
}

export interface ExportSize {
  /** Of the file that is written, in bytes: at most so many, since the log is compressed then. */
  readonly most: number;
  /** Of what is exported of the log. */
  readonly log: number;
  readonly gaps: number;
}

/**
 * What the file takes at most. Reads the log, unless all of it is exported.
 * @throws Error with a sentence about what is wrong with the request, also with regard to the log
 */
export async function exportSize({
  files,
  request,
  template,
}: Pick<ExportOptions, 'files' | 'request' | 'template'>): Promise<ExportSize> {
  const choice = parseExportRequest(request);
  let log = 0;
  let gaps = 0;
  const tally = emptyTally();
  for (const file of files)
    if (choosesAll(choice)) log += file.size;
    else for await (const { length } of thinnedFile(file, choice, () => gaps++, tally)) log += length;
  const problem = choosesAll(choice) ? undefined : problemOfChoice(choice, tally);
  if (problem !== undefined) throw new Error(problem);
  return { most: template.length + Math.ceil(log / 3) * 4, log, gaps };
}

/** The text of the file, in pieces. @throws Error with a sentence about what is wrong with the request */
export async function* exportText(options: ExportOptions): AsyncGenerator<string> {
  const { run, files, request, template, compress } = options;
  const choice = parseExportRequest(request);
  const at = template.indexOf(PLACE);
  if (at < 0) throw new Error('The page that is exported has no place for a log: build the client again.');
  yield template.slice(0, at).replace(TITLE, `<title>${escaped(run)} · convscope</title>`);
  const gaps: FrameGap[] = [];
  for (const [number, file] of files.entries()) {
    yield `<script type="text/plain" id="${embeddedFileId(number)}">`;
    yield* base64Of(compress(thinnedFile(file, choice, (gap) => gaps.push(gap))));
    yield '</script>\n';
  }
  const log: EmbeddedLog = {
    version: 1,
    run,
    files: files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
    notices: noticesOf(request, gaps.length),
  };
  // A name may hold the end of the element.
  const json = JSON.stringify(log).replaceAll('<', '\\u003c');
  yield `<script type="application/json" id="${EMBEDDED_ID}">${json}</script>\n`;
  yield template.slice(at + PLACE.length);
}

function noticesOf({ steps, layers, probes }: ExportRequest, gaps: number): string[] {
  const notices: string[] = [];
  const kept = [
    steps ? `steps ${steps}` : '',
    layers ? `layers ${layers}` : '',
    probes ? `probes ${probes}` : '',
  ].filter((one) => one !== '');
  if (kept.length > 0)
    notices.push(
      `Of the captures this file has only ${kept.join(', ')}; the log that it was made of has more.`,
    );
  if (gaps > 0)
    notices.push(
      `${gaps} damaged ${gaps === 1 ? 'part' : 'parts'} of the log ${gaps === 1 ? 'was' : 'were'} left out.`,
    );
  return notices;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
