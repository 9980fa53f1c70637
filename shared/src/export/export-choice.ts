/** Which captures of a run are exported. What is not a capture, such as scalars, texts and the probes' pictures, always is. */

import { type CaptureSteps, parseCaptureSteps } from '../capture-steps.js';
import { runsOfPicture } from '../channels/channels-record.js';
import { type DecodedEvent, encodeEvent, type SummaryValue } from '../event-log/decode-event.js';
import { MalformedEventError } from '../event-log/wire-reader.js';
import { type RecordKind, type RunRecord, stepToNumber } from '../run-record.js';

/** As the user writes it; what is absent is not thinned. */
export interface ExportRequest {
  /** Such as `0,10,100-200:10`. */
  readonly steps?: string | undefined;
  /** Names of layers, with commas between them. */
  readonly layers?: string | undefined;
  /** Numbers of probes, with commas between them. */
  readonly probes?: string | undefined;
}

export interface ExportChoice {
  readonly steps?: CaptureSteps;
  readonly layers?: ReadonlySet<string>;
  readonly probes?: ReadonlySet<number>;
}

export const EXPORT_LIMITS = { text: 4000, probe: 1_000_000 } as const;
/** Layers that a sentence names. */
const MOST_NAMED = 12;

const CAPTURES: ReadonlySet<RecordKind> = new Set<RecordKind>(['channels', 'tensor', 'histogram', 'image']);
/** Tags of what belongs to no layer and no single capture, and of top pictures, which are of evaluations. */
const KEPT_TAGS = /^(probes|test)\/|\/top_pictures$/;

/** @throws Error with a sentence about what is wrong with the request */
export function parseExportRequest({ steps, layers, probes }: ExportRequest): ExportChoice {
  for (const text of [steps, layers, probes])
    if (text !== undefined && text.length > EXPORT_LIMITS.text)
      throw new Error(`A choice has more than ${EXPORT_LIMITS.text} characters; choose fewer.`);
  const parsed = parseCaptureSteps(steps ?? '');
  if ('error' in parsed) throw new Error(parsed.error);
  return {
    ...(steps ? { steps: parsed.steps } : {}),
    ...(layers ? { layers: new Set(wordsOf(layers)) } : {}),
    ...(probes ? { probes: new Set(wordsOf(probes).map(probeOf)) } : {}),
  };
}

export function choosesAll({ steps, layers, probes }: ExportChoice): boolean {
  return steps === undefined && layers === undefined && probes === undefined;
}

/** What was met while a log was thinned. */
export interface ExportTally {
  /** Layers with captures, chosen or not. */
  readonly layers: Set<string>;
  /** Captures that were chosen. */
  chosen: number;
}

export const emptyTally = (): ExportTally => ({ layers: new Set(), chosen: 0 });

/**
 * Why a choice is not what was meant; undefined if nothing speaks against it.
 * @param tally of all of the log
 */
export function problemOfChoice({ layers }: ExportChoice, tally: ExportTally): string | undefined {
  const unknown = [...(layers ?? [])].filter((layer) => !tally.layers.has(layer));
  if (unknown.length > 0) {
    const known = [...tally.layers].slice(0, MOST_NAMED).join(', ');
    const rest = tally.layers.size > MOST_NAMED ? ` and ${tally.layers.size - MOST_NAMED} more` : '';
    return `The run has no captures of ${unknown.slice(0, MOST_NAMED).join(', ')}; ${known === '' ? 'it has none at all' : `it has those of ${known}${rest}`}.`;
  }
  return tally.chosen === 0 && tally.layers.size > 0
    ? 'None of the captures of the run is of these steps and probes; choose others.'
    : undefined;
}

/** What of an event is exported: its data, as they are or with fewer probes, or null. */
export function chosenOf(
  event: DecodedEvent,
  data: Uint8Array,
  choice: ExportChoice,
  tally: ExportTally,
): Uint8Array | null {
  const isPlain = event.values.length === 0 || !event.values.every((one) => isCapture(one));
  if (!isPlain) for (const { tag } of event.values) tally.layers.add(layerOf(tag));
  const chosen = partOf(event, data, choice);
  if (!isPlain && chosen !== null) tally.chosen++;
  return chosen;
}

function partOf(event: DecodedEvent, data: Uint8Array, choice: ExportChoice): Uint8Array | null {
  const [value] = event.values;
  // Our own writer logs one record an event; of another's, the event is exported if a part of it is.
  if (!event.values.every((one) => isCapture(one))) return data;
  if (value === undefined) return data;
  if (choice.steps && !choice.steps.has(stepToNumber(event.step))) return null;
  if (choice.layers && !event.values.some(({ tag }) => isOfLayers(tag, choice.layers))) return null;
  return choice.probes && event.values.length === 1 ? withProbes(value, data, choice.probes) : data;
}

function isCapture({ kind, tag }: SummaryValue): boolean {
  return CAPTURES.has(kind) && !KEPT_TAGS.test(tag);
}

const layerOf = (tag: string): string => tag.slice(0, Math.max(0, tag.lastIndexOf('/')));

function isOfLayers(tag: string, layers: ReadonlySet<string> | undefined): boolean {
  return layers === undefined || layers.has(layerOf(tag));
}

/** Maps of one atlas a picture lose those of other probes. A tensor is exported with all its pictures. */
function withProbes(value: SummaryValue, data: Uint8Array, probes: ReadonlySet<number>): Uint8Array | null {
  if (value.kind !== 'channels') return data;
  let record: RunRecord;
  try {
    record = value.toRecord();
  } catch (error) {
    // The page says what is wrong with it.
    if (error instanceof MalformedEventError) return data;
    throw error;
  }
  if (record.kind !== 'channels' || record.probes.every((probe) => probes.has(probe))) return data;
  const kept = record.probes.flatMap((probe, at) => (probes.has(probe) ? [at] : []));
  if (kept.length === 0) return null;
  const pixels = record.channels * record.height * record.width;
  const nonFinite = kept.flatMap((at, place) =>
    runsOfPicture(record.nonFinite, at, pixels).map((run) => ({ ...run, start: run.start + place * pixels })),
  );
  return encodeEvent({
    ...record,
    nonFinite,
    probes: kept.map((at) => record.probes[at]!),
    atlases: kept.map((at) => record.atlases[at]!),
  });
}

function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function probeOf(word: string): number {
  if (!/^\d{1,6}$/.test(word)) throw new Error(`"${word}" is not a probe; write their numbers, such as 0,3.`);
  return Number(word);
}
