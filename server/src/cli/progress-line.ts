/** Shows the progress of training in one line, which is redrawn on a terminal and printed every few seconds elsewhere. */

import { printable } from '@convscope/shared/printable.js';
import type { TrainProgress } from '../trainer/progress.js';

const LINE_EVERY_MS = 5_000;

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressLine {
  show(progress: TrainProgress): void;
  /** Prints a line above the progress line. */
  say(line: string): void;
  end(): void;
}

export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

/** Parts to leave out, in this order, if the line is too long: half a number is worse than none. */
const DISPENSABLE = [/^test /, / img\/s$/, /^acc /, /^epoch /];

/** @param width the maximum width of the line, in characters */
export function formatProgress(p: TrainProgress, width = Number.POSITIVE_INFINITY): string {
  if (p.phase === 'preparing') {
    const percent =
      p.fraction !== undefined && p.fraction > 0 && p.fraction < 1
        ? ` ${Math.round(p.fraction * 100)} %`
        : '';
    return `${p.message ?? 'preparing'}${percent}`.slice(0, width);
  }
  let parts = [`epoch ${p.epoch}/${p.epochs}`, `step ${p.step}/${p.totalSteps}`];
  if (p.loss !== undefined) parts.push(`loss ${p.loss.toFixed(3)}`);
  if (p.accuracy !== undefined) parts.push(`acc ${(p.accuracy * 100).toFixed(1)} %`);
  if (p.testAccuracy !== undefined) parts.push(`test ${(p.testAccuracy * 100).toFixed(1)} %`);
  if (p.imagesPerSecond !== undefined) parts.push(`${Math.round(p.imagesPerSecond)} img/s`);
  if (p.phase === 'evaluating') parts.push('evaluating');
  else if (p.phase === 'ending') parts.push('ending');
  else if (p.secondsLeft !== undefined) parts.push(`ETA ${formatDuration(p.secondsLeft)}`);
  for (const dispensable of DISPENSABLE) {
    if (parts.join('  ').length <= width) break;
    parts = parts.filter((part) => !dispensable.test(part));
  }
  return parts.join('  ').slice(0, width);
}

export function createProgressLine(terminal: Terminal, now = Date.now): ProgressLine {
  let shown = '';
  let lastLine = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (shown !== '') terminal.write('\r\u001b[2K');
  };
  return {
    show(progress) {
      const width = terminal.isTTY ? (terminal.columns ?? 80) - 1 : undefined;
      const line = printable(formatProgress(progress, width)).slice(0, width);
      if (terminal.isTTY) {
        if (line === shown) return;
        clear();
        terminal.write(line);
        shown = line;
      } else if (line !== lastLine && now() - lastAt >= LINE_EVERY_MS) {
        terminal.write(`${line}\n`);
        lastAt = now();
        lastLine = line;
      }
    },
    say(line) {
      clear();
      terminal.write(`${printable(line)}\n`);
      if (shown !== '') terminal.write(shown);
    },
    end() {
      if (shown !== '') terminal.write('\n');
      shown = '';
    },
  };
}
