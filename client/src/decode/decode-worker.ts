/**
 * A worker that decodes events. The most urgent goes first; the health of channels is judged when nothing waits to be
 * drawn. Typed arrays are transferred back without a copy.
 */

import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { type DecodeRequest, decodeForDrawing } from './decode-event.js';
import type { Decoded } from './decoded.js';

export interface DecodeMessage extends DecodeRequest {
  readonly id: number;
  /** Lower numbers go first. */
  readonly urgency: number;
}

export type DecodeAnswer =
  | {
      readonly id: number;
      readonly decoded: Decoded /** Whether a judgement follows. */;
      readonly judged: boolean;
    }
  | { readonly id: number; readonly health: readonly ChannelHealth[] }
  | { readonly id: number; readonly error: string };

interface WorkerScope {
  onmessage: ((event: MessageEvent<DecodeMessage>) => void) | null;
  postMessage(message: DecodeAnswer, transfer: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

interface Job {
  readonly urgency: number;
  readonly work: () => void;
}
/** The urgency of judging: after everything that will be drawn. */
const JUDGING = 1000;
/** Delay before judging, which on a small machine would hold up decoding and painting the rest of the capture. */
const JUDGE_AFTER_MS = 150;
const jobs: Job[] = [];
/** Runs each job as a separate task, so that messages that arrive meanwhile are received before the next job. */
const next = new MessageChannel();
next.port1.onmessage = () => {
  let first = 0;
  for (let at = 1; at < jobs.length; at++) if (jobs[at]!.urgency < jobs[first]!.urgency) first = at;
  jobs.splice(first, 1)[0]?.work();
};

function later(urgency: number, work: () => void): void {
  jobs.push({ urgency, work });
  next.port2.postMessage(undefined);
}

/** Reports errors to the page instead of throwing them. The page shows them in place of the map. */
function told(id: number, work: () => void): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      scope.postMessage({ id, error: messageOf(error) }, []);
    }
  };
}

scope.onmessage = ({ data }) => {
  const { id } = data;
  later(
    data.urgency,
    told(id, () => {
      const { decoded, judge } = decodeForDrawing(data);
      scope.postMessage({ id, decoded, judged: judge !== undefined }, buffersOf(decoded));
      if (judge === undefined) return;
      const work = told(id, () => scope.postMessage({ id, health: judge() }, []));
      setTimeout(() => later(JUDGING, work), JUDGE_AFTER_MS);
    }),
  );
};

function buffersOf(decoded: Decoded): Transferable[] {
  if (decoded.kind === 'tensor') return [decoded.values.buffer as ArrayBuffer];
  if (decoded.kind !== 'channels') return [];
  const buffers = [decoded.codes.buffer as ArrayBuffer];
  if (decoded.marks !== undefined) buffers.push(decoded.marks.buffer as ArrayBuffer);
  return buffers;
}
