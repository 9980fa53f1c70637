/** Lists of steps as people write them: `10,50,100-200:10` is 10, 50 and every tenth step from 100 to 200. */

export const CAPTURE_STEPS_LIMITS = { length: 1000, parts: 100, step: 1_000_000_000 } as const;

interface Part {
  readonly from: number;
  readonly to: number;
  readonly every: number;
}

/** A set of steps. */
export interface CaptureSteps {
  has(step: number): boolean;
  /** The first step of the set after `step`; undefined if there is none. */
  after(step: number): number | undefined;
}

export type ParsedCaptureSteps = { readonly steps: CaptureSteps } | { readonly error: string };

/** Parses the text, of which `error` says what is wrong with it. An empty text is the empty set. */
export function parseCaptureSteps(text: string): ParsedCaptureSteps {
  const { length, parts: most } = CAPTURE_STEPS_LIMITS;
  if (text.length > length) return { error: `The list of steps is longer than ${length} characters.` };
  const words = text.trim() === '' ? [] : text.split(',');
  if (words.length > most) return { error: `The list of steps has more than ${most} parts.` };
  const parts: Part[] = [];
  for (const word of words) {
    const part = parsePart(word.trim());
    if ('error' in part) return part;
    parts.push(part);
  }
  return {
    steps: {
      has: (step) =>
        parts.some(({ from, to, every }) => step >= from && step <= to && (step - from) % every === 0),
      after(step) {
        const next = parts.map((part) => nextOf(part, step)).filter((one) => one !== undefined);
        return next.length === 0 ? undefined : Math.min(...next);
      },
    },
  };
}

function parsePart(word: string): Part | { error: string } {
  const said = word === '' ? 'An empty part' : `"${word}"`;
  const match = /^(\d+)(?:\s*-\s*(\d+)(?:\s*:\s*(\d+))?)?$/.exec(word);
  if (!match)
    return { error: `${said} is neither a step nor a range of steps. Write 10, 100-200 or 100-200:10.` };
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  const every = match[3] === undefined ? 1 : Number(match[3]);
  if (Math.max(from, to, every) > CAPTURE_STEPS_LIMITS.step)
    return { error: `${said} is beyond step 1,000,000,000.` };
  if (to < from) return { error: `${said} ends before it begins.` };
  if (every === 0) return { error: `${said} has a distance of 0 steps; the least is 1.` };
  return { from, to, every };
}

function nextOf({ from, to, every }: Part, step: number): number | undefined {
  if (step < from) return from;
  const next = from + (Math.floor((step - from) / every) + 1) * every;
  return next <= to ? next : undefined;
}
