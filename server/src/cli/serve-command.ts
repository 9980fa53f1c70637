import process from 'node:process';
import { printable } from '@convscope/shared/printable.js';
import { type Command, InvalidArgumentError } from 'commander';
import { parseLogdir } from '../storage/logdir-place.js';
import { collect } from './flag-values.js';
import { addHubFlags, type HubFlagTexts } from './hub-flags.js';
import { leave } from './leave.js';
import { openInBrowser } from './open-in-browser.js';

/** `convscope serve`: starts the hub and its page without training. */
export function addServeCommand(program: Command): void {
  addHubFlags(program.command('serve').description('serve a logdir: follow its runs live and replay them'))
    .option(
      '--allow-embedding <origin>',
      'let pages of this origin, such as http://localhost:8888, show the page in a frame (…&embed=1); repeatable',
      collectOrigins,
    )
    .option('--no-open', 'do not open a browser')
    .action(serveUntilSignal);
}

interface ServeFlags extends HubFlagTexts {
  readonly open: boolean;
  readonly allowEmbedding?: readonly string[];
}

function collectOrigins(text: string, previous?: readonly string[]): string[] {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || text.replace(/\/$/, '') !== url.origin)
    throw new InvalidArgumentError('It must be an origin, such as http://localhost:8888.');
  return collect(url.origin, previous);
}

async function serveUntilSignal(flags: ServeFlags): Promise<void> {
  const { serve } = await import('./serve.js');
  const log = (sentence: string) => process.stderr.write(`${printable(sentence)}\n`);
  const hub = await serve({ ...flags, logdir: flags.logdir.map(parseLogdir), log });
  process.stdout.write(`Page: ${hub.url}\nLogs: ${printable(hub.logdir)}\nCtrl-C stops it.\n`);
  let closing = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second signal exits immediately.
      if (closing) return void leave(1);
      closing = true;
      hub.close().then(
        () => leave(0),
        (error: Error) => {
          log(`The hub did not close cleanly: ${error.message}`);
          return leave(1);
        },
      );
    });
  }
  if (flags.open) await openInBrowser(hub.url);
}
