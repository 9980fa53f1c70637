import type { DecodedEvent, SummaryValue } from '@convscope/shared/event-log/decode-event.js';
import { ReplacedRows } from '@convscope/shared/log-index/replaced-rows.js';
import { Restarts } from '@convscope/shared/log-index/restarts.js';
import { stepToNumber } from '@convscope/shared/run-record.js';

/**
 * Finds out which records of a run later ones replaced (see ReplacedRows). Pass it all events of the run with `note`,
 * and then ask about each value once, in the same order.
 */
export class ReplacedRecords {
  readonly #columns = new Map<string, Column>();
  readonly #restarts = new Restarts();

  note({ step, sessionStart, values }: DecodedEvent): void {
    const at = stepToNumber(step);
    if (sessionStart) this.#restarts.add(at);
    for (const value of values) {
      const key = keyOf(value);
      let column = this.#columns.get(key);
      if (!column) {
        column = new Column();
        this.#columns.set(key, column);
      }
      column.add(at, this.#restarts);
    }
  }

  isReplaced(value: SummaryValue): boolean {
    return this.#columns.get(keyOf(value))?.isNextReplaced() ?? false;
  }
}

function keyOf({ kind, tag }: SummaryValue): string {
  return `${kind} ${tag}`;
}

class Column {
  #steps = new Float64Array(4);
  #rows = 0;
  #lastStep = Number.NEGATIVE_INFINITY;
  readonly #replaced = new ReplacedRows();
  /** How many restarts the rows take account of. */
  #restarts = 0;
  /** The next row that is asked for, and the range of replaced rows that is not before it. */
  #asked = 0;
  #range = 0;

  add(step: number, restarts: Restarts): void {
    this.#replaceFrom(Math.min(step, restarts.lowestFrom(this.#restarts) ?? step));
    this.#restarts = restarts.count;
    if (this.#rows === this.#steps.length) {
      const longer = new Float64Array(2 * this.#rows);
      longer.set(this.#steps);
      this.#steps = longer;
    }
    this.#steps[this.#rows++] = step;
    this.#lastStep = step;
  }

  #replaceFrom(step: number): void {
    if (step > this.#lastStep) return;
    const last = this.#replaced.replaceFrom(step, this.#rows, (row) => this.#steps[row]!);
    this.#lastStep = last < 0 ? Number.NEGATIVE_INFINITY : this.#steps[last]!;
  }

  isNextReplaced(): boolean {
    const { bounds } = this.#replaced;
    const row = this.#asked++;
    while (2 * this.#range < bounds.length && bounds[2 * this.#range + 1]! <= row) this.#range++;
    return 2 * this.#range < bounds.length && bounds[2 * this.#range]! <= row;
  }
}
