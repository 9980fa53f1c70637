/** Requests that a client sends on one connection without waiting for answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** No browser sends a request before it has the answer to the one before; some programs send a few. */
const MOST_WAITING = 64;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Answers the requests of each connection one after the other. Node would begin all that one chunk of a connection holds, up
 * to a thousand, before it does anything else. A connection with too many waiting requests is cut.
 */
export function oneAtATime(answer: Answer): Answer {
  const connections = new WeakMap<Socket, Parameters<Answer>[]>();

  function begin(socket: Socket, [request, response]: Parameters<Answer>): void {
    response.once('close', () => {
      const next = socket.destroyed ? undefined : connections.get(socket)?.shift();
      if (next === undefined) connections.delete(socket);
      else begin(socket, next);
    });
    answer(request, response);
  }

  return (request, response) => {
    const { socket } = request;
    const waiting = connections.get(socket);
    if (waiting === undefined) {
      connections.set(socket, []);
      begin(socket, [request, response]);
    } else if (waiting.length < MOST_WAITING) waiting.push([request, response]);
    else socket.destroy();
  };
}
