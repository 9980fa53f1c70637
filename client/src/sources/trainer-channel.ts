/** Asks the processes that train runs, over the socket of the page. */
import {
  type ControlRequest,
  controlAnswerSchema,
  type ControlAnswer as TrainerAnswer,
  type TrainerReport,
  trainerReportSchema,
} from '@convscope/shared/protocol/control.js';
import type { LiveClientEvents, LiveServerEvents } from '@convscope/shared/protocol/live.js';
import type { Socket } from 'socket.io-client';
import type { Trainers } from './source.js';

/** Longer than the hub waits for the process. */
const ANSWERED_WITHIN_MS = 70_000;
const UNREADABLE = 'The hub answered what this page does not understand. Reload the page.';

export interface TrainerChannel extends Trainers {
  /** Follows again, after a connection. */
  connected(): void;
}

export function createTrainerChannel(
  socket: Socket<LiveServerEvents, LiveClientEvents>,
  told: (report: TrainerReport) => void,
): TrainerChannel {
  let followed: string | null = null;
  const take = (report: unknown): void => {
    const parsed = trainerReportSchema.safeParse(report);
    if (!parsed.success) console.error(UNREADABLE);
    else if (parsed.data.run === followed) told(parsed.data);
  };
  const send = (): void => {
    const run = followed;
    if (!socket.connected) return;
    socket.emit('follow', { run }, (report) => {
      if (run === followed && report !== null) take(report);
    });
  };
  socket.on('trainer', take);
  return {
    connected: () => {
      if (followed !== null) send();
    },
    follow(run) {
      if (run === followed) return;
      followed = run;
      send();
    },
    async ask(run: string, request: ControlRequest): Promise<TrainerAnswer> {
      if (!socket.connected) return { ok: false, error: 'The hub is not connected. Try again when it is.' };
      try {
        const answer = await socket.timeout(ANSWERED_WITHIN_MS).emitWithAck('ask', { run, request });
        const parsed = controlAnswerSchema.safeParse(answer);
        return parsed.success ? parsed.data : { ok: false, error: UNREADABLE };
      } catch {
        return {
          ok: false,
          error: 'The hub has not answered. Whether the request was applied is not known.',
        };
      }
    },
  };
}
