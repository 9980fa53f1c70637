/**
 * What an hparams event says beside the values of a session: the experiment's hyperparameters and metrics, the session's
 * group, and how it ended (tensorboard/plugins/hparams/api.proto and plugin_data.proto).
 */
import { HPARAM_TYPES, METRIC_SETS, SESSION_STATUSES } from './hparams-enums.js';
import { readJsonValue } from './hparams-proto.js';
import { HPARAMS } from './limits.js';
import { BYTES, FIXED64, MalformedEventError, VARINT, WireReader } from './wire-reader.js';

export interface HparamInfo {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly type: (typeof HPARAM_TYPES)[number];
  /** The values that it may have. */
  readonly discrete?: readonly (string | number | boolean)[];
  readonly interval?: { readonly min: number; readonly max: number };
}

export interface MetricInfo {
  /** A tag of scalars. */
  readonly tag: string;
  /** The name of the run below the session's folder that logs it; empty for the session's own. */
  readonly group: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly set: (typeof METRIC_SETS)[number];
}

export interface ExperimentDetails {
  readonly description?: string;
  readonly user?: string;
  /** In seconds since the epoch. */
  readonly created?: number;
  readonly hparams: readonly HparamInfo[];
  readonly metrics: readonly MetricInfo[];
}

export interface SessionDetails {
  /** Sessions of one group are repetitions of the same experiment. */
  readonly group?: string;
  readonly modelUri?: string;
  readonly monitorUrl?: string;
  readonly started?: number;
}

export interface SessionEnd {
  readonly status: (typeof SESSION_STATUSES)[number];
  readonly ended?: number;
}

export interface HparamsDetails {
  readonly experiment?: ExperimentDetails;
  readonly session?: SessionDetails;
  readonly end?: SessionEnd;
}

/** @throws MalformedEventError if the bytes are not such a message, or name more than HPARAMS values or metrics */
export function readHparamsDetails(content: Uint8Array): HparamsDetails {
  const reader = new WireReader(content);
  let details: HparamsDetails = {};
  while (reader.next()) {
    if (reader.wire !== BYTES) reader.skip();
    else if (reader.field === 2) details = { ...details, experiment: readExperiment(reader.message()) };
    else if (reader.field === 3) details = { ...details, session: readSession(reader.message()) };
    else if (reader.field === 4) details = { ...details, end: readEnd(reader.message()) };
    else reader.skip();
  }
  return details;
}

function readExperiment(reader: WireReader): ExperimentDetails {
  const hparams: HparamInfo[] = [];
  const metrics: MetricInfo[] = [];
  let texts: Pick<ExperimentDetails, 'description' | 'user' | 'created'> = {};
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === 1 && wire === BYTES) texts = { ...texts, description: reader.string() };
    else if (field === 2 && wire === BYTES) texts = { ...texts, user: reader.string() };
    else if (field === 3 && wire === FIXED64) texts = { ...texts, created: reader.double() };
    else if (field === 4 && wire === BYTES) add(hparams, readHparamInfo(reader.message()));
    else if (field === 5 && wire === BYTES) add(metrics, readMetricInfo(reader.message()));
    else reader.skip();
  }
  return { ...texts, hparams, metrics };
}

function add<T>(list: T[], item: T): void {
  if (list.length >= HPARAMS)
    throw new MalformedEventError(`The hparams event names more than ${HPARAMS} hyperparameters or metrics.`);
  list.push(item);
}

function readHparamInfo(reader: WireReader): HparamInfo {
  let info: HparamInfo = { name: '', type: 'unset' };
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === 4 && wire === VARINT) info = { ...info, type: HPARAM_TYPES[reader.uint()] ?? 'unset' };
    else if (wire !== BYTES) reader.skip();
    else if (field === 1) info = { ...info, name: reader.string() };
    else if (field === 2) info = { ...info, displayName: reader.string() };
    else if (field === 3) info = { ...info, description: reader.string() };
    else if (field === 5) info = { ...info, discrete: readList(reader.message()) };
    else if (field === 6) info = { ...info, interval: readInterval(reader.message()) };
    else reader.skip();
  }
  return info;
}

function readList(reader: WireReader): (string | number | boolean)[] {
  const values: (string | number | boolean)[] = [];
  while (reader.next()) {
    if (reader.field !== 1 || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    const value = readJsonValue(reader.message());
    if (value !== undefined) add(values, value);
  }
  return values;
}

function readInterval(reader: WireReader): { min: number; max: number } {
  // Absent numbers of a message are 0.
  let [min, max] = [0, 0];
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === FIXED64) min = reader.double();
    else if (reader.field === 2 && reader.wire === FIXED64) max = reader.double();
    else reader.skip();
  }
  return { min, max };
}

function readMetricInfo(reader: WireReader): MetricInfo {
  let info: MetricInfo = { tag: '', group: '', set: 'unknown' };
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === 5 && wire === VARINT) info = { ...info, set: METRIC_SETS[reader.uint()] ?? 'unknown' };
    else if (wire !== BYTES) reader.skip();
    else if (field === 1) info = { ...info, ...readMetricName(reader.message()) };
    else if (field === 3) info = { ...info, displayName: reader.string() };
    else if (field === 4) info = { ...info, description: reader.string() };
    else reader.skip();
  }
  return info;
}

function readMetricName(reader: WireReader): Pick<MetricInfo, 'tag' | 'group'> {
  let [tag, group] = ['', ''];
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === BYTES) group = reader.string();
    else if (reader.field === 2 && reader.wire === BYTES) tag = reader.string();
    else reader.skip();
  }
  return { tag, group };
}

function readSession(reader: WireReader): SessionDetails {
  let session: SessionDetails = {};
  while (reader.next()) {
    const { field, wire } = reader;
    if (field === 5 && wire === FIXED64) session = { ...session, started: reader.double() };
    else if (wire !== BYTES) reader.skip();
    else if (field === 2) session = { ...session, modelUri: reader.string() };
    else if (field === 3) session = { ...session, monitorUrl: reader.string() };
    else if (field === 4) session = { ...session, group: reader.string() };
    else reader.skip();
  }
  return session;
}

function readEnd(reader: WireReader): SessionEnd {
  let end: SessionEnd = { status: 'unknown' };
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === VARINT)
      end = { ...end, status: SESSION_STATUSES[reader.uint()] ?? 'unknown' };
    else if (reader.field === 2 && reader.wire === FIXED64) end = { ...end, ended: reader.double() };
    else reader.skip();
  }
  return end;
}
