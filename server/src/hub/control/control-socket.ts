/** Takes what viewers ask of training processes, and tells them what holds there. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  askSchema,
  CONTROL_LIMITS,
  followSchema,
  type TrainerReport,
} from '@convscope/shared/protocol/control.js';
import type { LiveClientEvents, LiveServerEvents } from '@convscope/shared/protocol/live.js';
import type { Namespace, Socket } from 'socket.io';
import type { Logdir } from '../../logdir/logdir.js';
import { createAllowance } from '../../machine/allowance.js';
import type { Trainers } from './trainers.js';

/** Requests that one viewer may make. A page that exceeds this is cut off. */
const REQUESTS = { aSecond: 5, burst: 40 };
/** How often a viewer is told of changes at most. */
const TELL_EVERY_MS = 200;

type ViewerSocket = Socket<LiveClientEvents, LiveServerEvents>;

export interface ControlOptions {
  readonly logdir: Pick<Logdir, 'listen'>;
  readonly trainers: Trainers;
  /** null when whoever sent these headers may change runs. */
  readonly refuseControl: (headers: IncomingHttpHeaders) => { readonly error: string } | null;
}

interface Follower {
  readonly run: string;
  /** The report that was sent last, as text: an equal one is not sent again. */
  told: string;
}

/** @returns the function that ends it */
export function serveControl(
  namespace: Namespace<LiveClientEvents, LiveServerEvents>,
  { logdir, trainers, refuseControl }: ControlOptions,
): () => void {
  const followers = new Map<ViewerSocket, Follower>();
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  namespace.on('connection', (socket: ViewerSocket) => {
    const mayAsk = createAllowance(REQUESTS);
    const cutOff = () => socket.request.socket.destroy();
    socket.on('follow', (message, answer) => {
      const follow = followSchema.safeParse(message);
      if (!mayAsk() || !follow.success || typeof answer !== 'function') return cutOff();
      const { run } = follow.data;
      if (run === null) {
        followers.delete(socket);
        return answer(null);
      }
      const report = trainers.report(run);
      followers.set(socket, { run, told: JSON.stringify(report) });
      return answer(report);
    });
    socket.on('ask', (message, answer) => {
      if (!mayAsk() || typeof answer !== 'function') return cutOff();
      const { headers } = socket.handshake;
      const refusal = refuseControl(headers);
      if (refusal !== null) return answer({ ok: false, error: refusal.error });
      const asked = askSchema.safeParse(message);
      if (!asked.success) {
        const [issue] = asked.error.issues;
        const place = issue?.path.join('.') ?? '';
        return answer({
          ok: false,
          error: `The request is not as the protocol says: ${place}: ${issue?.message ?? 'unreadable'}.`,
        });
      }
      const { run, request } = asked.data;
      void trainers.ask(run, viewerName(socket), request).then(answer);
    });
    socket.on('disconnect', () => followers.delete(socket));
  });

  const note = (run: string): void => {
    changed.add(run);
    timer ??= setTimeout(tell, TELL_EVERY_MS);
  };
  function tell(): void {
    timer = undefined;
    const runs = changed;
    changed = new Set();
    for (const [socket, follower] of followers) {
      if (!runs.has(follower.run)) continue;
      const { conn } = socket;
      // The newest report is sent once the socket has drained: a slow viewer makes nothing wait.
      if (conn.readyState === 'open' && conn.transport.writable) send(socket, follower);
      else note(follower.run);
    }
  }
  function send(socket: ViewerSocket, follower: Follower): void {
    const report: TrainerReport = trainers.report(follower.run);
    const text = JSON.stringify(report);
    if (text === follower.told) return;
    follower.told = text;
    socket.emit('trainer', report);
  }

  const isFollowed = (run: string) => [...followers.values()].some((one) => one.run === run);
  const stopTrainers = trainers.listen((run) => {
    if (isFollowed(run)) note(run);
  });
  // A run that ends, or is lost, has another reason why it cannot be asked.
  const stopLogdir = logdir.listen({
    changed: ({ id }) => {
      if (followers.size > 0 && isFollowed(id)) note(id);
    },
    removed: (id) => {
      if (isFollowed(id)) note(id);
    },
  });
  return () => {
    clearTimeout(timer);
    stopTrainers();
    stopLogdir();
    followers.clear();
  };
}

const BROWSERS = [
  [/Firefox\//, 'Firefox'],
  [/Edg\//, 'Edge'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const;

/** Where a request came from, as the log of the run names it. Holds nothing that would let anybody in. */
function viewerName({ handshake: { address, headers } }: ViewerSocket): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(headers['user-agent'] ?? ''))?.[1];
  const name = `${address.replace(/^::ffff:/, '')}${browser === undefined ? '' : ` (${browser})`}`;
  return name.slice(0, CONTROL_LIMITS.byLength);
}
