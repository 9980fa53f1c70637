import { createServer } from 'node:net';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { z } from 'zod';
import { codeOf } from '../machine/error-code.js';
import type { Check } from './report.js';

const sessionSchema = z.object({ version: z.string(), logdir: z.string() });

/** The error of listening on the port; undefined if it succeeds. */
function listenFailure(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** The logdir of the convscope hub on the port; undefined if something else answers. */
async function hubLogdir(host: string, port: number): Promise<string | undefined> {
  try {
    const authority = host.includes(':') ? `[${host}]` : host;
    const answer = await fetch(`http://${authority}:${port}/${HTTP.session}`, {
      signal: AbortSignal.timeout(2000),
    });
    return sessionSchema.safeParse(await answer.json()).data?.logdir;
  } catch {
    // Whatever listens there is not a convscope hub.
    return undefined;
  }
}

/** Checks whether the hub can listen on its port, and if not, what does. */
export async function checkPort(host: string, port: number): Promise<Check> {
  const name = 'port';
  const failure = await listenFailure(host, port);
  if (failure === undefined) return { name, status: 'ok', text: `${port} on ${host} is free` };
  if (codeOf(failure) !== 'EADDRINUSE') {
    const advice = 'Choose another with --port.';
    return { name, status: 'problem', text: `${port} on ${host} cannot be used: ${failure.message}`, advice };
  }
  const logdir = await hubLogdir(host, port);
  if (logdir !== undefined)
    return { name, status: 'ok', text: `${port} on ${host}: a convscope hub answers, serving ${logdir}` };
  return {
    name,
    status: 'note',
    text: `${port} on ${host} is taken by another program`,
    advice: 'The hub uses the next free port, or the one given with --port.',
  };
}
