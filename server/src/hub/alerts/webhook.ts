/** Sends alerts to a program of the user's, by POST, signed, and tried again while it does not take them. */
import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Alert } from '@convscope/shared/alerts.js';
import { messageOf } from '@convscope/shared/message-of.js';

/** Alerts that wait; of more, the oldest are given up. */
const MOST_WAITING = 100;
const TRIES = 6;
const FIRST_PAUSE_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;

export interface WebhookOptions {
  readonly url: string;
  /** The key of the signatures. */
  readonly secret: string;
  /** How people know the logdir. */
  readonly logdir: string;
  readonly log: (sentence: string) => void;
  /** For tests. */
  readonly firstPauseMs?: number | undefined;
}

export interface Webhook {
  send(alert: Alert): void;
  /** Gives up what has not been taken. */
  close(): Promise<void>;
}

/**
 * The value of `X-Convscope-Signature`: HMAC-SHA256 of the time in `X-Convscope-Timestamp`, a dot and the body, in
 * hexadecimal. The receiver computes the same and refuses a time that is long past.
 */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

export function createWebhook(options: WebhookOptions): Webhook {
  const { url, secret, logdir, log, firstPauseMs = FIRST_PAUSE_MS } = options;
  const stop = new AbortController();
  const waiting: Alert[] = [];
  let sending: Promise<void> | undefined;

  async function post(alert: Alert): Promise<void> {
    const body = JSON.stringify({ version: 1, logdir, alert });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-convscope-timestamp': timestamp,
        'x-convscope-signature': signatureOf(secret, timestamp, body),
      },
      body,
      // A redirect would carry the alert to a place that the user did not name.
      redirect: 'error',
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  }

  async function deliver(alert: Alert): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await post(alert);
      } catch (error) {
        if (stop.signal.aborted) return;
        if (attempt === TRIES) {
          log(
            `The webhook did not take an alert after ${TRIES} tries: ${messageOf(error)}. ${alert.sentence}`,
          );
          return;
        }
      }
      try {
        await delay(firstPauseMs * 2 ** (attempt - 1), undefined, { signal: stop.signal, ref: false });
      } catch {
        // The hub ends, and only the pause can be interrupted here.
        return;
      }
    }
  }

  async function sendAll(): Promise<void> {
    for (let alert = waiting.shift(); alert !== undefined; alert = waiting.shift()) await deliver(alert);
    sending = undefined;
  }

  return {
    send(alert) {
      if (stop.signal.aborted) return;
      waiting.push(alert);
      if (waiting.length > MOST_WAITING) {
        const oldest = waiting.shift();
        log(`The webhook takes no alerts, so one was given up: ${oldest?.sentence}`);
      }
      sending ??= sendAll();
    },
    async close() {
      waiting.length = 0;
      stop.abort();
      await sending;
    },
  };
}
