import {
  creditSchema,
  type LiveClientEvents,
  type LiveServerEvents,
  watchSchema,
} from '@convscope/shared/protocol/live.js';
import type { Namespace } from 'socket.io';
import type { Logdir } from '../../logdir/logdir.js';
import { type LiveSocket, Viewer } from './viewer.js';

/** Unread answers after which a page that goes on asking is cut off. */
const BACKLOG = 64;
/** Questions (watch, ping) a page may ask in a second, on average and in a burst. */
const QUESTIONS = { aSecond: 20, burst: 100 };

/**
 * Feeds pages with what the logdir reads. A page that breaks the protocol is disconnected, one that asks more than
 * it reads too; both may come back.
 */
export function serveLive(
  namespace: Namespace<LiveClientEvents, LiveServerEvents>,
  logdir: Logdir,
  refuseViewer: (headers: LiveSocket['handshake']['headers']) => { error: string } | null,
): () => void {
  const viewers = new Set<Viewer>();

  namespace.use((socket, next) => {
    const refusal = refuseViewer(socket.handshake.headers);
    next(refusal ? new Error(refusal.error) : undefined);
  });

  namespace.on('connection', (socket) => {
    const viewer = new Viewer(socket, logdir);
    const mayAsk = createAllowance();
    viewers.add(viewer);
    const cutOff = () => socket.conn.close(true);
    const isTooMuch = (): boolean => {
      if (viewer.asked() <= BACKLOG && mayAsk()) return false;
      cutOff();
      return true;
    };

    // A list from before the first scan would lack runs, and the page would say that they are not there.
    void logdir.scanned.then(() => {
      if (viewers.has(viewer)) viewer.list();
    });

    socket.on('watch', (message, answer) => {
      if (isTooMuch()) return;
      if (typeof answer !== 'function') return cutOff();
      const watch = watchSchema.safeParse(message);
      if (watch.success) return answer(viewer.watch(watch.data));
      const issue = watch.error.issues[0];
      answer({
        error: `The watch is not as the protocol says: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}.`,
      });
    });
    socket.on('credit', (message) => {
      const credit = creditSchema.safeParse(message);
      if (credit.success) viewer.credit(credit.data.run, credit.data.tag);
      else cutOff();
    });
    socket.on('ping', (answer) => {
      if (isTooMuch()) return;
      if (typeof answer === 'function') answer();
      else cutOff();
    });
    socket.on('disconnect', () => {
      viewers.delete(viewer);
      viewer.close();
    });
  });

  return logdir.listen({
    blob(run, column, bytes) {
      let copied: Uint8Array | undefined;
      const copy = () => {
        copied ??= Buffer.from(bytes);
        return copied;
      };
      for (const viewer of viewers) viewer.blob(run, column, copy);
    },
    grown: (run, columns) => {
      for (const viewer of viewers) viewer.grown(run, columns);
    },
    gap: (run, gap) => {
      for (const viewer of viewers) viewer.gap(run, gap);
    },
    changed: (run) => {
      for (const viewer of viewers) viewer.changed(run);
    },
    removed: (run) => {
      for (const viewer of viewers) viewer.removed(run);
    },
  });
}

/** A token bucket. */
function createAllowance(): () => boolean {
  let left: number = QUESTIONS.burst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(QUESTIONS.burst, left + ((now - at) / 1000) * QUESTIONS.aSecond);
    at = now;
    return --left >= 0;
  };
}
