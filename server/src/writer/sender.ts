/**
 * Sends one growing file to the hub by byte offset. The hub's answer is the file's length there, which is the
 * acknowledgement: whatever was lost or repeated on the way, the next answer says where to go on.
 */

import {
  INGEST_NAMESPACE,
  type IngestAnswer,
  type IngestClientEvents,
  type IngestServerEvents,
  lookedAtSchema,
} from '@convscope/shared/protocol/ingest.js';
import { LIMITS, PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { io, type Socket } from 'socket.io-client';
import type { SpoolFile } from './spool-file.js';

/** Stretches of this size, this many unanswered at a time. */
const STRETCH_BYTES = Math.min(1024 * 1024, LIMITS.ingestBytes);
const WINDOW = 4;
const ANSWER_WITHIN_MS = 10_000;
const RETRY_AFTER_MS = 500;
/** socket.io comes back by itself within as long. */
const RECONNECT_AFTER_MS = 2_000;
const CLOSE_WITHIN_MS = 300;

export interface SenderOptions {
  /** Of the hub's page; its path is the hub's base path. */
  readonly url: string;
  readonly token: string;
  readonly runUid: string;
  readonly run: string;
  readonly file: string;
  readonly spool: SpoolFile;
  /** Where the spool lies, for sentences. */
  readonly directory: string;
  /** Something about the sender has changed. */
  readonly changed: () => void;
  /** Tags whose maps somebody looks at, most wanted first; none while there is no hub to tell of them. */
  readonly lookedAt: (tags: readonly string[]) => void;
}

export interface Sender {
  /** The file has grown. */
  grown(): void;
  acknowledged(): number;
  connected(): boolean;
  place(): { run: string; path: string } | undefined;
  problem(): string | undefined;
  /** The hub has refused the file for good: nothing more will be acknowledged. */
  refused(): boolean;
  /** Tells the hub that this file is complete, and leaves. */
  close(): Promise<void>;
}

export function createSender(options: SenderOptions): Sender {
  const { spool, runUid, file, changed } = options;
  let acknowledged = 0;
  let sent = 0;
  let unanswered = 0;
  /** Answers to what was sent before a reset say nothing of what is sent now. */
  let round = 0;
  let open = false;
  let final = false;
  let place: { run: string; path: string } | undefined;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const { origin, pathname } = new URL(options.url);
  const socket: Socket<IngestServerEvents, IngestClientEvents> = io(`${origin}${INGEST_NAMESPACE}`, {
    path: `${pathname.replace(/\/$/, '')}/socket.io/`,
    auth: { token: options.token, protocol: PROTOCOL_VERSION },
    transports: ['websocket'],
    reconnectionDelay: 100,
    reconnectionDelayMax: RECONNECT_AFTER_MS,
  });

  function fail(sentence: string, retry: boolean): void {
    problem = retry ? sentence : `${sentence} Training goes on; its log stays in ${options.directory}.`;
    open = false;
    round++;
    unanswered = 0;
    if (retry) {
      clearTimeout(timer);
      timer = setTimeout(announce, RETRY_AFTER_MS);
    } else {
      final = true;
      socket.disconnect();
    }
    changed();
  }

  function announce(): void {
    if (!socket.connected || final) return;
    const mine = ++round;
    unanswered = 0;
    open = false;
    socket
      .timeout(ANSWER_WITHIN_MS)
      .emit('open', { runUid, run: options.run, file }, (timeout: Error | null, answer: IngestAnswer) => {
        if (mine !== round) return;
        if (timeout) return fail('The hub does not answer; trying again.', true);
        if (!answer.ok) return fail(answer.error, answer.retry);
        if (answer.length > spool.length()) {
          return fail(
            `The hub has ${answer.length} bytes of ${file}, which has only ${spool.length()} here: they are not the same file.`,
            false,
          );
        }
        open = true;
        problem = undefined;
        place = { run: answer.run, path: answer.path };
        acknowledged = answer.length;
        sent = answer.length;
        changed();
        pump();
      });
  }

  function pump(): void {
    while (open && unanswered < WINDOW && sent < spool.length()) {
      const bytes = spool.read(sent, STRETCH_BYTES);
      if (bytes.length === 0) return;
      const [mine, offset] = [round, sent];
      sent += bytes.length;
      unanswered++;
      socket
        .timeout(ANSWER_WITHIN_MS)
        .emit('write', { runUid, file, offset }, bytes, (timeout: Error | null, answer: IngestAnswer) => {
          if (mine !== round) return;
          unanswered--;
          if (timeout) return fail('The hub does not answer; trying again.', true);
          if (!answer.ok) return fail(answer.error, answer.retry);
          acknowledged = answer.length;
          if (answer.length !== offset + bytes.length) {
            // The hub has another length than this message left: go on from there.
            round++;
            unanswered = 0;
            sent = answer.length;
          }
          changed();
          pump();
        });
    }
  }

  socket.on('connect', announce);
  socket.on('lookedAt', (message) => {
    const parsed = lookedAtSchema.safeParse(message);
    if (parsed.success) options.lookedAt(parsed.data.tags);
    else {
      problem = `The hub at ${options.url} says what is looked at in a way that this version does not understand; use the same version of convscope for both.`;
      changed();
    }
  });
  socket.on('disconnect', (reason) => {
    open = false;
    options.lookedAt([]);
    round++;
    unanswered = 0;
    // After any other loss socket.io comes back by itself.
    if (reason === 'io server disconnect' && !final) reconnect();
    changed();
  });
  socket.on('connect_error', (error) => {
    if (final) return;
    if (socket.active) {
      problem = `The hub at ${options.url} cannot be reached (${error.message}); the log waits in the spool.`;
    } else {
      // A refusal by the hub itself ends socket.io's attempts. Another hub may take its place, so we go on trying.
      problem = `The hub at ${options.url} refuses the log. ${error.message} Training goes on; its log waits in ${options.directory}.`;
      reconnect();
    }
    changed();
  });

  function reconnect(): void {
    clearTimeout(timer);
    timer = setTimeout(() => socket.connect(), RECONNECT_AFTER_MS);
  }

  return {
    grown: pump,
    acknowledged: () => acknowledged,
    connected: () => open,
    place: () => place,
    problem: () => problem,
    refused: () => final,
    async close() {
      clearTimeout(timer);
      final = true;
      if (open) {
        await new Promise<void>((resolve) => {
          socket.timeout(CLOSE_WITHIN_MS).emit('close', { runUid, file }, () => resolve());
        });
      }
      socket.disconnect();
    },
  };
}
