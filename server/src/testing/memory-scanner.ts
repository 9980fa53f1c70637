import type { EventScanner } from '@convscope/shared/event-log/scan-events.js';
import { ScanMemory } from '../logdir/bulk/scan-memory.js';

/** The scanner of threads, which works in a memory of its own, in the form of the scanner that is its reference. */
export function memoryScanner(): Pick<EventScanner, 'scan'> {
  const memory = new ScanMemory();
  return {
    scan(bytes, start, end, sink) {
      const input = memory.takeIn(bytes.subarray(start, end));
      if (!memory.holds(input)) throw new Error('The memory has no room for these bytes.');
      for (let at = 0; ; ) {
        const tags: string[] = [];
        memory.beginPart();
        at = memory.scan(input, at, input.length, {
          isScalar: sink.isScalar,
          numberOf(tag) {
            const number = tags.indexOf(tag);
            return number < 0 ? tags.push(tag) - 1 : number;
          },
        });
        const count = memory.rows;
        if (count > 0) {
          sink.rows({
            ...{ tags, count, tag: memory.tags.slice(0, count), step: memory.steps.slice(0, count) },
            ...{ wallTime: memory.wallTimes.slice(0, count), value: memory.values.slice(0, count) },
          });
        }
        if (!memory.isOutOfRoom) return start + at;
      }
    },
  };
}
