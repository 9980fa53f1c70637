/**
 * Sends one growing file to the hub by byte offset. The hub answers with the file's length on its side, which is the
 * acknowledgement: whatever was lost or repeated on the way, the next answer says where to continue.
 */

import { messageOf } from '@convscope/shared/message-of.js';
import type { ControlAnswer, PassedRequest, TrainerState } from '@convscope/shared/protocol/control.js';
import {
  INGEST_NAMESPACE,
  type IngestAnswer,
  type IngestClientEvents,
  type IngestServerEvents,
} from '@convscope/shared/protocol/ingest.js';
import { LIMITS, PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import { io, type Socket } from 'socket.io-client';
import type { KeptLog } from './kept-log.js';

/** At most `WINDOW` messages of this size are unanswered at a time. */
const STRETCH_BYTES = Math.min(1024 * 1024, LIMITS.ingestBytes);
const WINDOW = 4;
const ANSWER_WITHIN_MS = 10_000;
const RETRY_AFTER_MS = 500;
/** Longest delay between two attempts to connect. */
const RECONNECT_AFTER_MS = 2_000;
const CLOSE_WITHIN_MS = 300;

export interface SenderOptions {
  /** The URL of the hub's page; its path is the hub's base path. */
  readonly url: string;
  readonly token: string;
  readonly runUid: string;
  readonly run: string;
  readonly file: string;
  readonly log: KeptLog;
  /** The directory of the spool, for messages. */
  readonly directory: string;
  /** Called when the state of the sender has changed. */
  readonly changed: () => void;
  /** Called when a viewer asks something of the process. Not given where nobody can be asked. */
  readonly asked?: (request: PassedRequest, answer: (answer: ControlAnswer) => void) => void;
}

export interface Sender {
  /** Tells the sender that the file has grown. */
  grown(): void;
  /** Tells the hub that the process can be asked, and what holds there. */
  announce(state: TrainerState): void;
  acknowledged(): number;
  connected(): boolean;
  place(): { run: string; path: string } | undefined;
  problem(): string | undefined;
  /** Whether the hub has refused the file for good, so that nothing more will be acknowledged. */
  refused(): boolean;
  /**
   * Tells the hub that the file is complete, and disconnects. False when the hub answers that it could not complete the
   * file, or that it has less of it than it had acknowledged.
   */
  close(): Promise<boolean>;
}

export function createSender(options: SenderOptions): Sender {
  const { log, runUid, file, changed } = options;
  let acknowledged = 0;
  let sent = 0;
  let unanswered = 0;
  /** Incremented by every reset: answers to earlier messages are ignored. */
  let round = 0;
  let open = false;
  let final = false;
  let place: { run: string; path: string } | undefined;
  let problem: string | undefined;
  /** The newest state that was announced. */
  let state: TrainerState | undefined;
  let timer: NodeJS.Timeout | undefined;

  const { origin, pathname } = new URL(options.url);
  const socket: Socket<IngestServerEvents, IngestClientEvents> = io(`${origin}${INGEST_NAMESPACE}`, {
    path: `${pathname.replace(/\/$/, '')}/socket.io/`,
    auth: { token: options.token, protocol: PROTOCOL_VERSION },
    // With it, the hub keeps a place for this connection before a namespace is joined.
    extraHeaders: { Authorization: `Bearer ${options.token}` },
    transports: ['websocket'],
    reconnectionDelay: 100,
    reconnectionDelayMax: RECONNECT_AFTER_MS,
  });

  /** Where the log waits for the hub. */
  function keptIn(): string {
    return log.problem() === undefined ? `in ${options.directory}` : 'in memory';
  }

  /** What the hub has of the log now. */
  function acknowledge(length: number): void {
    if (length < log.start()) log.rewind(length);
    else log.acknowledge(length);
    acknowledged = length;
  }

  function fail(sentence: string, retry: boolean): void {
    problem = retry ? sentence : `${sentence} Training goes on; its log stays ${keptIn()}.`;
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
        if (answer.length > log.end()) {
          return fail(
            `The hub has ${answer.length} bytes of ${file}, which has only ${log.end()} here: they are not the same file.`,
            false,
          );
        }
        open = true;
        problem = undefined;
        place = { run: answer.run, path: answer.path };
        acknowledge(answer.length);
        sent = answer.length;
        sendState();
        changed();
        pump();
      });
  }

  function sendState(): void {
    if (open && state !== undefined) socket.emit('state', { runUid, state });
  }

  /** Undefined when the disk does not give the bytes back; then they are asked for again later. */
  function nextBytes(): Uint8Array | undefined {
    try {
      return log.read(sent, STRETCH_BYTES);
    } catch (error) {
      fail(`The run's log cannot be read back (${messageOf(error)}); trying again.`, true);
      return undefined;
    }
  }

  function pump(): void {
    while (open && unanswered < WINDOW && sent < log.end()) {
      const bytes = nextBytes();
      if (bytes === undefined || bytes.length === 0) return;
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
          acknowledge(answer.length);
          if (answer.length !== offset + bytes.length) {
            // The file at the hub has another length than expected: continue from there.
            round++;
            unanswered = 0;
            sent = answer.length;
          }
          changed();
          pump();
        });
    }
  }

  socket.on('ask', (message, answer) => {
    if (typeof answer !== 'function') return;
    // Loaded with the first request: most runs are never asked anything.
    void import('@convscope/shared/protocol/control.js').then(({ passedRequestSchema }) => {
      const parsed = passedRequestSchema.safeParse(message);
      if (!parsed.success || parsed.data.runUid !== runUid)
        answer({ ok: false, error: 'The process does not understand what the hub asks.' });
      else if (options.asked === undefined) answer({ ok: false, error: 'This process takes no requests.' });
      else options.asked(parsed.data, answer);
    });
  });
  socket.on('connect', announce);
  socket.on('disconnect', (reason) => {
    open = false;
    round++;
    unanswered = 0;
    // After any other disconnect socket.io reconnects by itself.
    if (reason === 'io server disconnect' && !final) reconnect();
    changed();
  });
  socket.on('connect_error', (error) => {
    if (final) return;
    if (socket.active) {
      problem = `The hub at ${options.url} cannot be reached (${error.message}); the log waits ${keptIn()}.`;
    } else {
      // socket.io does not retry after a refusal. Another hub may take the place of this one, so the sender does.
      problem = `The hub at ${options.url} refuses the log. ${error.message} Training goes on; its log waits ${keptIn()}.`;
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
    announce(next) {
      state = next;
      sendState();
    },
    acknowledged: () => acknowledged,
    connected: () => open,
    place: () => place,
    problem: () => problem,
    refused: () => final,
    async close() {
      clearTimeout(timer);
      final = true;
      // A hub that is slow to answer has acknowledged every byte, and no answer changes that.
      let complete = true;
      if (open) {
        await new Promise<void>((resolve) => {
          socket
            .timeout(CLOSE_WITHIN_MS)
            .emit('close', { runUid, file }, (timeout: Error | null, answer: IngestAnswer) => {
              complete = timeout !== null || (answer.ok && answer.length >= acknowledged);
              if (!timeout && !answer.ok) problem = answer.error;
              resolve();
            });
        });
      }
      socket.disconnect();
      return complete;
    },
  };
}
