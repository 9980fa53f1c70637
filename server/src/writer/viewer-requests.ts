/** What viewers ask of a training process: waits here until the process takes it, between two steps. */
import type { ControlAnswer, ControlRequest, TrainerState } from '@convscope/shared/protocol/control.js';

/** Requests that may wait; further ones are refused. */
const MOST_WAITING = 64;

export interface ViewerRequest {
  readonly request: ControlRequest;
  /** Where it came from, for the log. */
  readonly by: string;
  /** To be called once. */
  answer(answer: ControlAnswer): void;
}

export interface ViewerRequests {
  /** The oldest request that has not been taken yet. */
  take(): ViewerRequest | undefined;
  /** Resolves when there is one to take, or when the signal is aborted. */
  arrived(signal: AbortSignal): Promise<void>;
  /** Tells viewers what holds in this process. Until it has been called once, they cannot ask anything. */
  announce(state: TrainerState): void;
  /** Refuses what waits, and all that comes, with this sentence. */
  end(sentence: string): void;
}

export interface RequestQueue extends ViewerRequests {
  add(request: ViewerRequest): void;
}

export function createRequestQueue(announce: (state: TrainerState) => void): RequestQueue {
  const waiting: ViewerRequest[] = [];
  let wake: (() => void) | undefined;
  let ended: string | undefined;
  return {
    announce,
    add(request) {
      if (ended !== undefined) request.answer({ ok: false, error: ended });
      else if (waiting.length >= MOST_WAITING)
        request.answer({
          ok: false,
          error: `${MOST_WAITING} requests are waiting already. Try again later.`,
        });
      else {
        waiting.push(request);
        wake?.();
      }
    },
    take: () => waiting.shift(),
    arrived(signal) {
      if (waiting.length > 0 || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        wake = () => {
          wake = undefined;
          signal.removeEventListener('abort', resolveNow);
          resolve();
        };
        const resolveNow = () => wake?.();
        signal.addEventListener('abort', resolveNow);
      });
    },
    end(sentence) {
      ended = sentence;
      for (const request of waiting.splice(0)) request.answer({ ok: false, error: sentence });
    },
  };
}
