import { DEFAULT_PORT } from '@convscope/shared/protocol/limits.js';
import type { Command } from 'commander';
import type { LogdirPlace } from '../storage/logdir-place.js';
import { collect, wholeNumber } from './flag-values.js';

export interface HubFlags {
  readonly logdir: readonly LogdirPlace[];
  readonly port?: number;
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly basePath?: string;
  readonly alertWebhook?: string;
  readonly readOnly?: boolean;
}

/** The same as the command line gives them: `--logdir` is text. */
export type HubFlagTexts<Flags extends HubFlags = HubFlags> = Omit<Flags, 'logdir'> & {
  readonly logdir: readonly string[];
};

/** Adds the flags of every command that starts a hub. */
export function addHubFlags(command: Command): Command {
  return command
    .option(
      '--logdir <dir...>',
      'folder where runs are read and written; name=DIR prefixes its runs with a name; a path with * or ?, or one event file, is only read; repeatable, new runs go into the first',
      ['./runs'],
    )
    .option(
      '--port <n>',
      `port of the page; if it is taken, the next free one (default: ${DEFAULT_PORT})`,
      wholeNumber({ least: 0, most: 65_535 }),
    )
    .option(
      '--host <address>',
      'address to listen on; beyond loopback the printed URL carries a token (default: 127.0.0.1)',
    )
    .option('--allow-host <name>', 'another host name by which the page may be reached; repeatable', collect)
    .option('--base-path <path>', 'path of the page behind a proxy, such as /convscope/')
    .option(
      '--alert-webhook <url>',
      'send alerts of runs there (a loss that is not finite, no progress, failed, ended), signed with CONVSCOPE_ALERT_SECRET',
    )
    .option('--read-only', 'let no page label, archive or delete runs, or ask what trains');
}
