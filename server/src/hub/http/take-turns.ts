/** Requests that come at the same moment on many connections. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { TURN_MS } from '@convscope/shared/time-budget.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** How long requests wait while connections come, in ms. */
const CONNECTIONS_FIRST_MS = 100;

/**
 * Begins requests for so long in each turn of the event loop, and the others in the next ones, so that hundreds that come at
 * once keep nothing else waiting. Addresses take turns: of many requests for one address none keeps a request for another
 * waiting. Node accepts one connection a turn, so requests begin when a turn brings none: who connects would otherwise wait
 * for the requests of all who connected before.
 */
export function takeTurns(server: Server, answer: Answer, turnMs = TURN_MS): Answer {
  /** By path. */
  const waiting = new Map<string, Parameters<Answer>[]>();
  let isPlanned = false;
  let hasConnection = false;
  /** When requests began to wait for connections. */
  let waitedSince = 0;

  server.on('connection', () => {
    hasConnection = true;
  });

  function beginNext(): void {
    const [next] = waiting;
    if (next === undefined) return;
    const [path, requests] = next;
    const request = requests.shift();
    waiting.delete(path);
    // Behind all other paths.
    if (requests.length > 0) waiting.set(path, requests);
    if (request !== undefined && !request[1].destroyed) answer(...request);
  }

  function takeTurn(): void {
    isPlanned = false;
    const now = performance.now();
    if (!hasConnection || now - waitedSince > CONNECTIONS_FIRST_MS) {
      while (waiting.size > 0 && performance.now() - now < turnMs) beginNext();
      waitedSince = performance.now();
    }
    hasConnection = false;
    planTurn();
  }

  function planTurn(): void {
    if (isPlanned || waiting.size === 0) return;
    isPlanned = true;
    setImmediate(takeTurn);
  }

  return (request, response) => {
    if (waiting.size === 0) waitedSince = performance.now();
    const path = request.url?.split('?', 1)[0] ?? '';
    const ofPath = waiting.get(path);
    if (ofPath === undefined) waiting.set(path, [[request, response]]);
    else ofPath.push([request, response]);
    planTurn();
  };
}
