/** A training run as its sender delivers it to the hub, without the work of training, quantising and packing. */
import { randomBytes } from 'node:crypto';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/encode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import {
  INGEST_NAMESPACE,
  type IngestAnswer,
  type IngestClientEvents,
  type IngestServerEvents,
} from '@convscope/shared/protocol/ingest.js';
import { PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { RUN_END_TAG, type RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { io, type Socket } from 'socket.io-client';

export const LOSS = 'train/loss';
const SCALARS = [LOSS, 'train/accuracy', 'train/lr', 'gradient_norm/conv1', 'gradient_norm/conv2'];

/** Messages that are unanswered at a time, and steps in one when they wait. */
const WINDOW = 4;
const STEPS_AT_ONCE = 16;

export interface TrainerOptions {
  readonly url: string;
  readonly token: string;
  readonly run: string;
  readonly stepsPerSecond: number;
  /** The tags of the maps of each step, and the bytes of one. */
  readonly maps: readonly string[];
  readonly mapBytes: number;
}

export interface Trainer {
  /** Milliseconds from sending a step to the hub's acknowledgement. */
  readonly acknowledgements: number[];
  readonly steps: number;
  /** Waits for what is unacknowledged, states that the run is complete, and disconnects. */
  end(): Promise<void>;
}

export async function startTrainer(options: TrainerOptions): Promise<Trainer> {
  const { url, token, run, stepsPerSecond, maps, mapBytes } = options;
  const file = {
    runUid: randomBytes(16).toString('hex'),
    run,
    file: 'events.out.tfevents.1700000000.bench.1.0',
  };
  const socket: Socket<IngestServerEvents, IngestClientEvents> = io(new URL(INGEST_NAMESPACE, url).href, {
    auth: { token, protocol: PROTOCOL_VERSION },
    extraHeaders: { Authorization: `Bearer ${token}` },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  accepted(await socket.emitWithAck('open', file));
  let length = 0;
  let step = 0;
  const acknowledgements: number[] = [];
  /** What has been stated and not sent: like the writer's spool, it has no limit. */
  let waiting: Uint8Array[] = [];
  let unanswered = 0;
  let failure: unknown;
  let drained: () => void = () => undefined;
  const pump = (): void => {
    if (unanswered >= WINDOW || waiting.length === 0) {
      if (unanswered === 0) drained();
      return;
    }
    const bytes = Buffer.concat(waiting.splice(0, STEPS_AT_ONCE));
    const began = performance.now();
    const { runUid, file: name } = file;
    unanswered++;
    socket
      .emitWithAck('write', { runUid, file: name, offset: length }, bytes)
      .then((answer) => {
        accepted(answer);
        acknowledgements.push(performance.now() - began);
      })
      .catch((error: unknown) => {
        failure ??= error;
        waiting = [];
      })
      .finally(() => {
        unanswered--;
        pump();
      });
    length += bytes.length;
  };
  const write = (bytes: Uint8Array): void => {
    if (failure === undefined) waiting.push(bytes);
    pump();
  };
  const seconds = () => Date.now() / 1000;
  const picture = randomBytes(mapBytes);
  write(
    Buffer.concat([
      encodeFrame(encodeFileVersion(seconds())),
      framed(runStartRecord({ runUid: file.runUid, name: run }, seconds())),
    ]),
  );
  const timer = setInterval(() => {
    step++;
    const wallTime = seconds();
    const scalars = SCALARS.map(
      (tag): RunRecord => ({ kind: 'scalar', tag, step, wallTime, value: Math.exp(-step / 1000) }),
    );
    const pictures = maps.map(
      (tag): RunRecord => ({ kind: 'image', tag, step, wallTime, width: 8, height: 8, images: [picture] }),
    );
    write(Buffer.concat([...scalars, ...pictures].map(framed)));
  }, 1000 / stepsPerSecond);
  return {
    acknowledgements,
    get steps() {
      return step;
    },
    async end() {
      clearInterval(timer);
      write(
        framed({
          kind: 'run-end',
          tag: RUN_END_TAG,
          step,
          wallTime: seconds(),
          end: { version: 1, reason: 'completed', seconds: 1 },
        }),
      );
      await new Promise<void>((resolve) => {
        drained = resolve;
        pump();
      });
      if (failure !== undefined) throw failure;
      accepted(await socket.emitWithAck('close', { runUid: file.runUid, file: file.file }));
      socket.disconnect();
    },
  };
}

function framed(record: RunRecord): Uint8Array {
  return encodeFrame(encodeEvent(record));
}

function accepted(answer: IngestAnswer): void {
  if (!answer.ok) throw new Error(`The hub refused the log: ${answer.error}`);
}
