/** How `convscope train` tells a script what became of the run and of its log. */
export const EXIT_CODES = {
  completed: 0,
  failed: 1,
  /** Training completed, but a part of its log is lost. */
  lost: 3,
  /** Training completed, but a part of its log still waits for a hub. */
  waiting: 4,
} as const;

/** For the help of the command. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    training completed, and the hub has acknowledged the whole log
  1    training failed, or could not begin
  3    training completed, but a part of its log is lost: neither hub nor disk had room
  4    training completed, but a part of its log waits on disk for the next start
  130  interrupted by Ctrl-C (143 by SIGTERM, 129 by SIGHUP)`;
