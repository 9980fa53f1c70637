import type { z } from '@convscope/shared/zod.js';

/** An answer that is an error: a status and a sentence. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws HttpError that names the parameter which is wrong */
export function parse<T>(schema: z.ZodMiniType<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const name = issue?.path.join('.') ?? '';
  // A number says what it may be; a text is too long or has the wrong form.
  const isNumber = issue?.code === 'too_big' || issue?.code === 'too_small';
  if (isNumber && issue.origin === 'number')
    throw new HttpError(400, `The parameter ${name} is outside of its range: ${issue.message}.`);
  const problem = issue?.code === 'too_big' ? 'too long' : 'missing or not as it should be';
  throw new HttpError(400, `The parameter ${name} is ${problem}.`);
}
