import { DEFAULT_PORT } from '@convscope/shared/protocol/limits.js';
import type { Command } from 'commander';
import { collect, wholeNumber } from './flag-values.js';

export interface HubFlags {
  readonly logdir: string;
  readonly port?: number;
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly basePath?: string;
}

/** Adds the flags of every command that starts a hub. */
export function addHubFlags(command: Command): Command {
  return command
    .option('--logdir <dir>', 'folder where runs are read and written', './runs')
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
    .option('--base-path <path>', 'path of the page behind a proxy, such as /convscope/');
}
