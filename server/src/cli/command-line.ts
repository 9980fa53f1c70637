/** The command that the user typed, for the log of a run. */

/** The address of a webhook may be a secret, and a log is shared. */
const SECRET = '--alert-webhook';

/** @param args what follows the name of the program */
export function commandLine(args: readonly string[]): string {
  const shown = args.map((arg, at) => {
    if (args[at - 1] === SECRET) return '…';
    return arg.startsWith(`${SECRET}=`) ? `${SECRET}=…` : quoted(arg);
  });
  return ['convscope', ...shown].join(' ');
}

/** As a POSIX shell takes it. */
function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
