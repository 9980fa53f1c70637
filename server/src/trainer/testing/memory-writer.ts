import type { TrainerState } from '@convscope/shared/protocol/control.js';
import type { RecordKind, RecordOf, RunRecord } from '@convscope/shared/run-record.js';
import type { MapsToLog, RunWriter } from '../../writer/run-writer.js';
import { createRequestQueue, type RequestQueue } from '../../writer/viewer-requests.js';

export interface MemoryWriter extends RunWriter {
  readonly viewers: RequestQueue;
  /** What was announced to viewers. */
  readonly states: TrainerState[];
  readonly records: RunRecord[];
  readonly maps: MapsToLog[];
  of<K extends RecordKind>(kind: K, tag?: string): RecordOf<K>[];
  /** Values of a scalar by step. */
  scalars(tag: string): Map<number, number>;
}

/**
 * Keeps everything that is logged. Transfers the buffers of maps, as the real writer does.
 * @param captureStretch how many times further apart captures should be
 */
export function memoryWriter(captureStretch = 1): MemoryWriter {
  const records: RunRecord[] = [];
  const maps: MapsToLog[] = [];
  const states: TrainerState[] = [];
  const of = <K extends RecordKind>(kind: K, tag?: string) =>
    records.filter(
      (record): record is RecordOf<K> => record.kind === kind && (tag === undefined || record.tag === tag),
    );
  return {
    runUid: '0123456789abcdef0123456789abcdef',
    records,
    maps,
    states,
    viewers: createRequestQueue((state) => void states.push(state)),
    add: (record) => void records.push(record),
    addMaps: (entry) =>
      void maps.push({
        ...entry,
        values: structuredClone(entry.values, { transfer: [entry.values.buffer as ArrayBuffer] }),
      }),
    status: () => ({
      connected: false,
      written: 0,
      acknowledged: 0,
      droppedMaps: 0,
      captureStretch,
      mapsCpuMilliseconds: 0,
    }),
    close: async () => ({ acknowledged: true }),
    of,
    scalars: (tag) => new Map(of('scalar', tag).map(({ step, value }) => [Number(step), value])),
  };
}
