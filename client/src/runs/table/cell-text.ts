/** Cells of the run table as they are shown. */
import { durationText } from '@convscope/shared/duration-text.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import {
  formatBytes,
  formatDuration,
  formatPercent,
  formatShort,
  formatStep,
  formatValue,
} from '../../ui/format.js';
import { type Cell, type ColumnId, isOver, parseColumn, progressOf, secondsLeft } from './columns.js';

/** @param now in milliseconds since the epoch */
export function cellText(cell: Cell, id: ColumnId, now: number): string {
  if (cell === undefined) return '–';
  const column = parseColumn(id);
  if (typeof cell !== 'number') return String(cell);
  if (column?.kind === 'built-in') {
    switch (column.name) {
      case 'step':
        return formatStep(cell);
      case 'progress':
        return formatPercent(cell, 0);
      case 'left':
        return formatDuration(cell);
      case 'size':
        return formatBytes(cell);
      case 'seen':
      case 'started':
        return ageText(now / 1000 - cell);
    }
  }
  return column?.kind === 'config' ? configText(cell) : valueText(cell);
}

/** How far a run has come that goes on and says how many steps it will do, and how long it will take; undefined of others. */
export function courseText(run: RunSummary): { readonly done: string; readonly left?: string } | undefined {
  const done = progressOf(run);
  if (isOver(run) || done === undefined) return undefined;
  const left = secondsLeft(run);
  return {
    done: cellText(done, 'progress', 0),
    ...(left === undefined ? {} : { left: `${cellText(left, 'left', 0)} left` }),
  };
}

/** Four digits that mean something. */
function valueText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size === 0 || size >= 1e5 || size < 1e-3)
    return formatShort(value) === '0' ? exponential(value) : formatValue(value);
  return formatValue(value, Math.max(0, Math.min(4, 3 - Math.floor(Math.log10(size)))));
}

/** As people write a hyperparameter: 5e−2 stays 0.05, and 0.0003 becomes 3e−4. */
function configText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return formatValue(value);
  if (Number.isInteger(value) && size < 1e6) return formatStep(value);
  return size !== 0 && (size < 1e-2 || size >= 1e6) ? exponential(value) : formatShort(value, 6);
}

function exponential(value: number): string {
  if (value === 0) return '0';
  return Number(value.toPrecision(4)).toExponential().replace('e+', 'e').replaceAll('-', '−');
}

/** "12 s ago", "3 min ago", "2 h ago", "5 d ago". */
export function ageText(seconds: number): string {
  if (seconds < 1) return 'now';
  return `${durationText(seconds)} ago`;
}

/** The difference from a baseline as "+3.2 %"; undefined where there is none to tell. */
export function differenceText(cell: Cell, base: Cell): string | undefined {
  if (typeof cell !== 'number' || typeof base !== 'number' || base === 0) return undefined;
  const fraction = (cell - base) / Math.abs(base);
  if (!Number.isFinite(fraction)) return undefined;
  const text = formatPercent(Math.abs(fraction), Math.abs(fraction) < 0.0995 ? 1 : 0);
  return `${fraction < 0 ? '−' : '+'}${text}`;
}
