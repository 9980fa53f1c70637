import type { FollowedLogdir } from '../logdir.js';

/** What is known of every run, but for what differs from hub to hub. */
export function known(logdir: FollowedLogdir) {
  return [...logdir.runs.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((run) => {
      const { summary, ...detail } = run.detail();
      const columns = [...run.columns()].map((column) => Buffer.from(column.bytes(0)).toString('hex'));
      return { ...detail, columns, summary: { ...summary, generation: 0, state: '' } };
    });
}
