/** A loader of captures whose hub answers when the test says so. */
import { vi } from 'vitest';
import type { Decoded } from '../../decode/decoded.js';
import type { Decoder } from '../../decode/decoder.js';
import type { ConnectionState, EncodedEvent, Source } from '../../sources/source.js';
import { CaptureLoader } from '../capture-loader.js';
import type { CaptureRef } from '../capture-ref.js';
import type { Together } from '../together.js';

export function ref(row: number, coming = false): CaptureRef {
  const at = { step: row * 8, wallTime: 0, file: 0, offset: row * 100, length: 10, replacesFrom: 0 };
  return { run: 'a', generation: 1, tag: 'conv1/preactivation', kind: 'tensor', row, at, coming };
}

export function tensor(row: number): Decoded {
  const range = { min: 0, max: 0, absolute: 0, positive: 0 };
  return { kind: 'tensor', step: row * 8, shape: [1], values: Float32Array.of(row), range };
}

export function mapsOf(row: number, probes: readonly number[]): Decoded {
  const range = { min: 0, max: 0, absolute: 0, positive: 0 };
  const limits = { lo: Float32Array.of(0), hi: Float32Array.of(1) };
  const shape = [1, 1, 1] as const;
  const layer = { layer: 'conv1', role: 'preactivation', shape, pictures: 2, probes } as const;
  const rest = { codes: new Uint8Array(probes.length), ...limits, marks: undefined, statistics: undefined };
  return { kind: 'channels', step: row * 8, ...layer, ...rest, range };
}

export function rowOf(event: EncodedEvent): number {
  return event instanceof Uint8Array ? event[0]! : -1;
}

/** A hub that answers when the test says so; the decoder makes a tensor of the first byte. */
export function setUp(
  options: {
    readonly together?: Together;
    readonly limitBytes?: number;
    readonly decode?: Decoder['decode'];
  } = {},
) {
  const batches: {
    offsets: number[];
    signal: AbortSignal;
    answer: (bytes: Uint8Array | undefined) => Promise<void>;
    fail: (error: Error) => void;
  }[] = [];
  const asked: {
    offset: number;
    signal: AbortSignal;
    answer: (bytes: Uint8Array) => void;
    fail: (error: Error) => void;
  }[] = [];
  const source = {
    connection: { status: 'connected', roundTrip: 1 } as ConnectionState,
    event: (_run: string, _generation: number, at: { offset: number }, signal: AbortSignal) =>
      new Promise<Uint8Array>((answer, fail) => {
        asked.push({ offset: at.offset, signal, answer, fail });
        signal.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError')));
      }),
    async *events(
      _run: string,
      _generation: number,
      rows: readonly { offset: number }[],
      signal: AbortSignal,
    ) {
      if (rows.length === 1) {
        yield await source.event(_run, _generation, rows[0]!, signal);
        return;
      }
      const answers: ((bytes: Uint8Array | undefined) => void)[] = [];
      const failures: ((error: Error) => void)[] = [];
      const pieces = rows.map(
        () =>
          new Promise<Uint8Array | undefined>((answer, fail) => {
            answers.push(answer);
            failures.push(fail);
          }),
      );
      for (const piece of pieces) piece.catch(() => undefined);
      batches.push({
        offsets: rows.map(({ offset }) => offset),
        signal,
        answer: async (bytes) => {
          answers.shift()?.(bytes);
          failures.shift();
          await settle();
        },
        fail: (error) => {
          for (const fail of failures) fail(error);
        },
      });
      for (const piece of pieces) yield await piece;
    },
  };
  const decoded: number[] = [];
  const decoder: Decoder = {
    decodePicture: () => undefined,
    async *fetchEvents() {},
    decode:
      options.decode ??
      (async ({ event }) => {
        const row = rowOf(event);
        decoded.push(row);
        return tensor(row);
      }),
  };
  const arrived: string[] = [];
  const loader = new CaptureLoader({
    source: source as unknown as Source,
    decoder,
    limitBytes: 1e6,
    ...options,
    arrived: (key) => arrived.push(key),
  });
  return { asked, batches, decoded, loader, arrived, source };
}

export const settle = () => vi.advanceTimersByTimeAsync(0);
