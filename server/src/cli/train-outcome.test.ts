import { describe, expect, it } from 'vitest';
import type { TrainResult } from '../trainer/train.js';
import type { ClosedLog } from '../writer/run-writer.js';
import { describeOutcome } from './train-outcome.js';

const result: TrainResult = { reason: 'completed', steps: 120, seconds: 3 };
const logged = (log: ClosedLog, leftOut = 0) => ({ runUid: 'a', log, leftOut });
const lost: ClosedLog = {
  acknowledged: true,
  path: '/runs/r',
  losses: [{ what: 'loss', count: 110, from: 10, to: 119 }],
};

describe('how training ended', () => {
  it('is completed when the hub has acknowledged the whole log', () => {
    const { code, sentences } = describeOutcome(
      { how: 'exit code 0', result, logged: logged({ acknowledged: true, path: '/runs/r' }) },
      false,
    );
    expect(code).toBe(0);
    expect(sentences).toEqual(['Run completed after 120 steps in 3.0 s.', 'Run: /runs/r']);
  });

  it('is completed when the hub has taken the rest from the spool', () => {
    const log = { acknowledged: false, path: '/runs/r', waitsIn: '/spool' };
    const { code, sentences } = describeOutcome({ how: '', result, logged: logged(log) }, true);
    expect(code).toBe(0);
    expect(sentences).toEqual(['Run completed after 120 steps in 3.0 s.', 'Run: /runs/r']);
  });

  it('says what is lost, with a code of its own, and does not call the run completed', () => {
    const { code, sentences } = describeOutcome({ how: '', result, logged: logged(lost) }, false);
    expect(code).toBe(3);
    expect(sentences).toEqual([
      'Training ended after 120 steps in 3.0 s, but its log is not complete.',
      'Run: /runs/r',
      'Lost from the log: 110 losses (steps 10 to 119).',
    ]);
  });

  it('stays incomplete when a hub takes the rest of a log of which a part is lost', () => {
    const log = { ...lost, acknowledged: false, waitsIn: '/spool' };
    const { code, sentences } = describeOutcome({ how: '', result, logged: logged(log) }, true);
    expect(code).toBe(3);
    expect(sentences.join(' ')).not.toContain('completed');
  });

  it('says where the rest waits, with a code of its own', () => {
    const log = { acknowledged: false, waitsIn: '/spool' };
    const { code, sentences } = describeOutcome({ how: '', result, logged: logged(log) }, false);
    expect(code).toBe(4);
    expect(sentences).toEqual([
      'Training ended after 120 steps in 3.0 s, but its log is not complete.',
      'The hub has not received the whole log; the rest waits in /spool for the next start.',
    ]);
  });

  it('says that the writer has stopped, and counts that as a loss', () => {
    const log = {
      acknowledged: false,
      failure: 'The log writer stopped: why. What it had not written is lost.',
    };
    const { code, sentences } = describeOutcome({ how: '', result, logged: logged(log) }, false);
    expect(code).toBe(3);
    expect(sentences).toContain(log.failure);
  });

  it('says that bytes are gone which the hub had acknowledged', () => {
    const log = { acknowledged: true, goneBytes: 77 };
    const { code, sentences } = describeOutcome({ how: '', result, logged: logged(log) }, false);
    expect(code).toBe(3);
    expect(sentences.join(' ')).toContain('77 bytes that the hub had acknowledged and no longer has');
  });

  it('is failed when training failed, whatever became of the log', () => {
    const failed: TrainResult = { ...result, reason: 'failed', error: 'The loss is not finite.' };
    const { code, sentences } = describeOutcome({ how: '', result: failed, logged: logged(lost) }, false);
    expect(code).toBe(1);
    expect(sentences.slice(0, 2)).toEqual([
      'Run failed after 120 steps in 3.0 s.',
      'The loss is not finite.',
    ]);
    expect(sentences.at(-1)).toContain('Lost from the log');
  });

  it('is failed when the process ended before it could say anything', () => {
    const { code, sentences } = describeOutcome({ how: 'SIGKILL' }, false);
    expect(code).toBe(1);
    expect(sentences.join(' ')).toContain('ended unexpectedly (SIGKILL)');
  });

  it('says how many maps were left out on purpose, which is not a failure', () => {
    const { code, sentences } = describeOutcome(
      { how: '', result, logged: logged({ acknowledged: true }, 3) },
      false,
    );
    expect(code).toBe(0);
    expect(sentences.at(-1)).toMatch(/^3 maps were left out/);
  });
});
