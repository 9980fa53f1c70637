import { checkJson } from '@convscope/shared/event-log/bounded-json.js';
import { messageOf } from '@convscope/shared/message-of.js';
import express, { type Request, type RequestHandler } from 'express';
import { HttpError } from './http-error.js';

/** Requests hold lists of names and numbers; JSON of more takes far more time and memory to parse than its bytes. */
const LEVELS = 16;
const ITEMS = 200_000;

/** Parses bodies of JSON, and only of JSON, which a form of a foreign page cannot send. @param bytes the longest body */
export function jsonBody(bytes: number): RequestHandler {
  const bounds = { bytes, levels: LEVELS, items: ITEMS, stringLength: bytes };
  return express.json({
    limit: bytes,
    inflate: false,
    verify(_request, _response, body) {
      try {
        checkJson(body, 'The body', bounds);
      } catch (error) {
        throw new HttpError(400, messageOf(error));
      }
    },
  });
}

/**
 * What was posted. express.json reads JSON only, which a form of a foreign page cannot send.
 * @param sentence what a body should be
 * @throws HttpError if there is none
 */
export function postedJson({ body }: Pick<Request, 'body'>, sentence: string): object {
  const given: unknown = body;
  if (typeof given !== 'object' || given === null) throw new HttpError(415, sentence);
  return given;
}
