import { creditSchema, subscriptionSchema, watchSchema } from '@convscope/shared/protocol/live.js';
import type { z } from '@convscope/shared/zod.js';
import type { Logdir } from '../../logdir/logdir.js';
import { createAllowance } from '../../machine/allowance.js';
import { fittingSubscription, fittingWatch } from './fitting.js';
import { LiveFeed, type LiveNamespace } from './live-feed.js';
import { type LiveSocket, Viewer } from './viewer.js';

/** Unread answers after which a page that goes on asking is cut off. */
const BACKLOG = 64;
/** Questions (watch, subscribe, ping) that a page may ask. */
const QUESTIONS = { aSecond: 20, burst: 100 };

export interface LiveOptions {
  readonly logdir: Logdir;
  readonly log: (sentence: string) => void;
  readonly refuseViewer: (headers: LiveSocket['handshake']['headers']) => { error: string } | null;
}

/**
 * Feeds pages with what the logdir reads. A page that breaks the protocol, or asks more than it reads, is cut off. It may
 * come back.
 */
export function serveLive(namespace: LiveNamespace, { logdir, log, refuseViewer }: LiveOptions): () => void {
  const feed = new LiveFeed(namespace, logdir, log);

  namespace.use((socket, next) => {
    const refusal = refuseViewer(socket.handshake.headers);
    next(refusal ? new Error(refusal.error) : undefined);
  });

  namespace.on('connection', (socket) => {
    const viewer = new Viewer(socket, () => feed.wake(viewer));
    const mayAsk = createAllowance(QUESTIONS);
    feed.add(viewer);
    const cutOff = () => socket.request.socket.destroy();
    const isTooMuch = (): boolean => {
      if (viewer.countQuestion() <= BACKLOG && mayAsk()) return false;
      cutOff();
      return true;
    };

    socket.on('watch', (message, answer) => {
      if (isTooMuch()) return;
      if (typeof answer !== 'function') {
        cutOff();
        return;
      }
      const watch = watchSchema.safeParse(message);
      if (!watch.success) {
        answer({ error: unreadable('watch', watch.error) });
        return;
      }
      const { fitting, refused } = fittingWatch(watch.data);
      viewer.asked?.answer({ error: 'A later request to watch has replaced this one.' });
      viewer.asked = { watch: fitting, answer, refused };
      feed.wake(viewer);
    });
    socket.on('subscribe', (message, answer) => {
      if (isTooMuch()) return;
      if (typeof answer !== 'function') {
        cutOff();
        return;
      }
      const subscription = subscriptionSchema.safeParse(message);
      if (!subscription.success) {
        answer({ error: unreadable('subscription', subscription.error) });
        return;
      }
      const { fitting, refused } = fittingSubscription(subscription.data);
      viewer.askedSeries = { subscription: fitting, answer, refused };
      feed.wake(viewer);
    });
    socket.on('credit', (message) => {
      const credit = creditSchema.safeParse(message);
      if (!credit.success) cutOff();
      else if (viewer.credit(credit.data.run, credit.data.tag)) feed.wake(viewer);
    });
    socket.on('ping', (answer) => {
      if (isTooMuch()) return;
      if (typeof answer === 'function') answer();
      else cutOff();
    });
    socket.on('disconnect', () => feed.remove(viewer));
  });

  const stopListening = logdir.listen(feed);
  return () => {
    stopListening();
    feed.close();
  };
}

function unreadable(what: string, { issues: [issue] }: z.core.$ZodError): string {
  const place = issue?.path.join('.') ?? '';
  return `The ${what} is not as the protocol says: ${place}: ${issue?.message ?? 'unreadable'}.`;
}
