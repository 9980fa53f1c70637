/** The ticks of a card's axes, in their numbers: powers of ten on logarithmic ones. */
import type { XAxis } from '@convscope/shared/protocol/series.js';
import { stepTicks, ticksIn } from '../../charts/axis.js';
import { logTicks } from '../../charts/log-ticks.js';
import { tickTexts } from '../../charts/tick-text.js';
import { clockTicks, elapsedTicks, type Tick } from '../../charts/time-ticks.js';
import type { Limits } from '../../charts/value-limits.js';
import type { Part } from '../../series/pixel-columns.js';

interface TickLook {
  readonly x: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly utc: boolean;
  /** The plot's size in pixels. */
  readonly width: number;
  readonly height: number;
}

export function ticksOfX({ first, last }: Part, look: TickLook): Tick[] {
  const count = Math.max(2, Math.floor(look.width / 90));
  const texts = (values: readonly number[]) => {
    const written = tickTexts(values);
    return values.map((value, at) => ({ value, text: written[at]! }));
  };
  if (look.logX)
    return texts(logTicks(first, last, count)).map(({ value, text }) => ({ value: Math.log10(value), text }));
  if (look.x === 'step') return texts(stepTicks(first, last, count));
  return look.x === 'relative'
    ? elapsedTicks(first, last, count)
    : clockTicks(first, last, Math.max(2, Math.floor(look.width / 110)), look.utc);
}

export function ticksOfY({ lo, hi }: Limits, look: TickLook): Tick[] {
  const count = Math.max(2, Math.floor(look.height / 40));
  const values = look.logY ? logTicks(lo, hi, count) : ticksIn(lo, hi, count);
  const texts = tickTexts(values);
  return values.map((value, at) => ({ value: look.logY ? Math.log10(value) : value, text: texts[at]! }));
}
