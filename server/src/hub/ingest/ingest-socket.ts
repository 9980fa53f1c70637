import { messageOf } from '@convscope/shared/message-of.js';
import {
  announcedStateSchema,
  type ControlAnswer,
  controlAnswerSchema,
} from '@convscope/shared/protocol/control.js';
import {
  type IngestAnswer,
  type IngestClientEvents,
  type IngestServerEvents,
  ingestAuthSchema,
  ingestOpenSchema,
  ingestWriteSchema,
} from '@convscope/shared/protocol/ingest.js';
import { LIMITS, PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { z } from '@convscope/shared/zod.js';
import type { Namespace, Socket } from 'socket.io';
import type { TrainerLink, Trainers } from '../control/trainers.js';
import type { IngestStore } from './ingest-store.js';

/** An evaluation of the test set may come before the answer. */
const TRAINER_ANSWERS_WITHIN_MS = 60_000;
const ingestFileSchema = z.pick(ingestOpenSchema, { runUid: true, file: true });

/**
 * Lets senders that know the token write through the store, and tells them what people look at. What is open is closed
 * when the sender is gone.
 */
export function serveIngest(
  namespace: Namespace<IngestClientEvents, IngestServerEvents>,
  store: IngestStore,
  isIngestToken: (token: string) => boolean,
  trainers: Trainers,
): void {
  namespace.use((socket, next) => {
    const auth = ingestAuthSchema.safeParse(socket.handshake.auth);
    if (!auth.success || !isIngestToken(auth.data.token)) {
      next(
        new Error(
          'The ingest token is missing or wrong. Senders get it from CONVSCOPE_INGEST_TOKEN or the hub’s token file.',
        ),
      );
    } else if (auth.data.protocol !== PROTOCOL_VERSION) {
      next(
        new Error(
          `The sender speaks protocol ${auth.data.protocol}, this hub ${PROTOCOL_VERSION}; use the same version of convscope for both.`,
        ),
      );
    } else next();
  });
  namespace.on('connection', (socket) => serveSender(socket, store, trainers));
}

function serveSender(
  socket: Socket<IngestClientEvents, IngestServerEvents>,
  store: IngestStore,
  trainers: Trainers,
): void {
  /** What this sender has open, by `runUid/file`. */
  const open = new Map<string, { runUid: string; file: string; run: string }>();
  const link: TrainerLink = {
    ask: (request) =>
      new Promise((resolve, reject) => {
        // socket.io itself waits for an answer until the time is over.
        const isGone = () => reject(new Error('The connection has ended.'));
        socket.once('disconnect', isGone);
        socket
          .timeout(TRAINER_ANSWERS_WITHIN_MS)
          .emitWithAck('ask', request)
          .then((answer: unknown) => resolve(readAnswer(answer)), reject)
          .finally(() => socket.off('disconnect', isGone));
      }),
  };

  socket.on('open', (message, answer) =>
    answerWith(answer, parse(ingestOpenSchema, message), async (valid) => {
      const result = await store.open(valid);
      if (!result.ok) return result;
      const { runUid, file } = valid;
      const key = `${runUid}/${file}`;
      // Opened twice, or the sender went while its file was being opened: one opening too many.
      if (open.has(key) || !socket.connected) return store.close({ runUid, file });
      open.set(key, { runUid, file, run: result.run });
      return result;
    }),
  );

  socket.on('write', (message, bytes, answer) =>
    answerWith(answer, parseWrite(message, bytes), (valid) => store.write(valid, bytes)),
  );

  socket.on('close', (message, answer) =>
    answerWith(answer, parse(ingestFileSchema, message), async (valid) => {
      trainers.gone(link, valid.runUid);
      if (open.delete(`${valid.runUid}/${valid.file}`)) return store.close(valid);
      return { ok: false, error: `${valid.file} is not open on this connection.`, retry: false };
    }),
  );

  socket.on('state', (message) => {
    const parsed = announcedStateSchema.safeParse(message);
    // A sender of another version takes no requests of this hub.
    if (!parsed.success) return;
    const { runUid, state } = parsed.data;
    for (const file of open.values())
      if (file.runUid === runUid) trainers.announce(file.run, runUid, link, state);
  });

  socket.on('disconnect', () => {
    trainers.gone(link);
    for (const file of open.values()) void store.close(file);
    open.clear();
  });
}

/** What a trainer says is passed on to pages, so it is checked. */
function readAnswer(answer: unknown): ControlAnswer {
  const parsed = controlAnswerSchema.safeParse(answer);
  return parsed.success
    ? parsed.data
    : { ok: false, error: 'The process answered what this hub does not understand.' };
}

type Parsed<T> = { readonly value: T } | { readonly error: string };

function parse<T>(schema: z.ZodMiniType<T>, message: unknown): Parsed<T> {
  const result = schema.safeParse(message);
  if (result.success) return { value: result.data };
  const issue = result.error.issues[0];
  return {
    error: `The message is not as the protocol says: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}.`,
  };
}

function parseWrite(message: unknown, bytes: unknown): Parsed<z.infer<typeof ingestWriteSchema>> {
  const parsed = parse(ingestWriteSchema, message);
  if ('error' in parsed) return parsed;
  if (!(bytes instanceof Uint8Array)) return { error: 'A write needs its bytes as binary data.' };
  if (bytes.length > LIMITS.ingestBytes) {
    return {
      error: `A write of ${bytes.length} bytes is more than ${LIMITS.ingestBytes}; send it in stretches.`,
    };
  }
  return parsed;
}

/** Every message gets its answer, whatever it was; one that asks for none is not from a sender of ours. */
function answerWith<T>(answer: unknown, parsed: Parsed<T>, act: (value: T) => Promise<IngestAnswer>): void {
  if (typeof answer !== 'function') return;
  if ('error' in parsed) {
    answer({ ok: false, error: parsed.error, retry: false } satisfies IngestAnswer);
    return;
  }
  act(parsed.value).then(
    (result) => answer(result),
    (error: unknown) => {
      const message = messageOf(error);
      answer({ ok: false, error: `The hub failed: ${message}`, retry: true } satisfies IngestAnswer);
    },
  );
}
