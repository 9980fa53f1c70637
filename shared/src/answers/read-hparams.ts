/** Reads what the runs of a logdir were trained with, as `protocol/hparams` describes. */
import { decodeEvent } from '../event-log/decode-event.js';
import {
  type ExperimentDetails,
  type HparamsDetails,
  readHparamsDetails,
} from '../event-log/hparams-details.js';
import { HPARAMS_TAGS } from '../event-log/hparams-proto.js';
import { MalformedEventError } from '../event-log/wire-reader.js';
import { joinedPieces } from '../joined.js';
import type { Column, Run, RunSet } from '../log-index/run.js';
import { API_VERSION } from '../protocol/addresses.js';
import {
  HPARAM_TEXT,
  type HparamsAnswer,
  type HparamsExperiment,
  type HparamsRun,
} from '../protocol/hparams.js';
import { BLOB_ROW_BYTES, readBlobRow } from '../protocol/rows.js';
import type { RunConfig } from '../run-description.js';
import { RUN_START_TAG, type RunRecord } from '../run-record.js';
import { TimeBudget } from '../time-budget.js';

/** A run that was resumed states its values again. Of more records than these, the newest are read. */
const RECORDS = 16;
/** Runs that are read at the same time. */
const PARALLEL = 8;
/** A run that was started again may hold more than a configuration may. */
const VALUES = 4096;

/** What the records of a run say. Kept as long as no record is added, since reading them takes some file accesses. */
interface RunFacts {
  readonly key: string;
  readonly values: RunConfig | undefined;
  readonly omitted: number;
  readonly session: Omit<HparamsRun, 'run' | 'generation' | 'values' | 'omitted'>;
  readonly experiment: Omit<HparamsExperiment, 'run'> | undefined;
}

export interface HparamsReader {
  read(): Promise<HparamsAnswer>;
}

export function createHparamsReader(set: RunSet): HparamsReader {
  const known = new WeakMap<Run, RunFacts>();

  async function factsOf(run: Run): Promise<RunFacts | null> {
    const columns = [
      run.column(RUN_START_TAG, 'run-start'),
      run.column(HPARAMS_TAGS['session-start'], 'hparams'),
      run.column(HPARAMS_TAGS['session-end'], 'hparams'),
      run.column(HPARAMS_TAGS.experiment, 'hparams'),
    ];
    if (columns.every((column) => column === null)) return null;
    const key = [run.generation, ...columns.map((column) => column?.rows ?? 0)].join();
    const before = known.get(run);
    if (before?.key === key) return before;
    const records = await Promise.all(columns.map((column) => readRecords(set, run, column)));
    const facts = { key, ...combine(records.flat()) };
    known.set(run, facts);
    return facts;
  }

  return {
    async read() {
      const budget = new TimeBudget();
      const runs: HparamsRun[] = [];
      const experiments: HparamsExperiment[] = [];
      const all = [...set.runs.values()];
      for (let at = 0; at < all.length; at += PARALLEL) {
        const some = all.slice(at, at + PARALLEL);
        const read = await Promise.all(some.map(factsOf));
        for (const [place, facts] of read.entries()) {
          const { id, generation } = some[place]!;
          if (facts?.experiment !== undefined) experiments.push({ run: id, ...facts.experiment });
          if (facts?.values === undefined) continue;
          const { values, omitted, session } = facts;
          runs.push({ run: id, generation, values, ...(omitted > 0 ? { omitted } : {}), ...session });
        }
        await budget.rest();
      }
      return { version: API_VERSION, runs, experiments };
    },
  };
}

/** The newest records of a column, in the order of the log. What cannot be read of them is left out: the run's gaps name it. */
async function readRecords(set: RunSet, run: Run, column: Column | null): Promise<RunRecord[]> {
  if (column === null) return [];
  const bytes = column.bytes(Math.max(0, column.rows - RECORDS));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: RunRecord[] = [];
  for (let at = 0; at < bytes.byteLength; at += BLOB_ROW_BYTES) {
    const { file, offset, length } = readBlobRow(view, at);
    const pieces = await set.event(run.id, file, offset, length);
    if (pieces === null) continue;
    records.push(...recordsIn(await joinedPieces(pieces), column));
  }
  return records;
}

function recordsIn(data: Uint8Array, { tag, kind }: Column): RunRecord[] {
  try {
    const { values } = decodeEvent(data, { kindOf: () => kind });
    return values
      .filter((value) => value.tag === tag && value.kind === kind)
      .map((value) => value.toRecord());
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    return [];
  }
}

function combine(records: readonly RunRecord[]): Omit<RunFacts, 'key'> {
  const values = new Map<string, RunConfig[string]>();
  let hasValues = false;
  let omitted = 0;
  let session: RunFacts['session'] = {};
  let experiment: RunFacts['experiment'];
  const add = (config: RunConfig) => {
    hasValues = true;
    for (const [name, value] of Object.entries(config)) {
      const isLong = name.length > HPARAM_TEXT || (typeof value === 'string' && value.length > HPARAM_TEXT);
      if (isLong || (values.size >= VALUES && !values.has(name))) omitted++;
      else values.set(name, jsonValue(value));
    }
  };
  for (const record of records) {
    if (record.kind === 'run-start') add(record.start.config);
    if (record.kind !== 'hparams') continue;
    if (record.part === 'session-start') add(record.values);
    const details = detailsOf(record.content);
    session = { ...session, ...sessionOf(details) };
    if (details.experiment) experiment = experimentOf(details.experiment);
  }
  return { values: hasValues ? Object.fromEntries(values) : undefined, omitted, session, experiment };
}

function detailsOf(content: Uint8Array): HparamsDetails {
  try {
    return readHparamsDetails(content);
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    return {};
  }
}

function sessionOf({ session, end }: HparamsDetails): RunFacts['session'] {
  return {
    ...(session?.group ? { group: cut(session.group) } : {}),
    ...(session?.monitorUrl ? { monitorUrl: cut(session.monitorUrl) } : {}),
    ...finite('started', session?.started),
    ...(end ? { status: end.status } : {}),
    ...finite('ended', end?.ended),
  };
}

function finite<K extends string>(name: K, value: number | undefined): Partial<Record<K, number>> {
  const given: Partial<Record<K, number>> = {};
  if (value !== undefined && Number.isFinite(value)) given[name] = value;
  return given;
}

function experimentOf({ description, hparams, metrics }: ExperimentDetails): RunFacts['experiment'] {
  return {
    ...(description ? { description: cut(description) } : {}),
    hparams: hparams.map(({ discrete, interval, ...info }) => ({
      ...withCutTexts(info),
      ...(discrete
        ? {
            discrete: discrete
              .map(jsonValue)
              .map((value) => (typeof value === 'string' ? cut(value) : value)),
          }
        : {}),
      ...(interval ? { interval: { min: jsonNumber(interval.min), max: jsonNumber(interval.max) } } : {}),
    })),
    metrics: metrics.map(withCutTexts),
  };
}

function withCutTexts<T extends object>(info: T): T {
  const cuts = Object.entries(info).map(([name, value]) => [
    name,
    typeof value === 'string' ? cut(value) : value,
  ]);
  return Object.assign({}, info, Object.fromEntries(cuts));
}

function cut(text: string): string {
  return text.length <= HPARAM_TEXT ? text : `${text.slice(0, HPARAM_TEXT - 1)}…`;
}

function jsonValue(value: RunConfig[string]): RunConfig[string] {
  return typeof value === 'number' ? jsonNumber(value) : value;
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
