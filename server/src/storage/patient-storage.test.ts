import { expect, it, onTestFinished, vi } from 'vitest';
import { createPatientStorage } from './patient-storage.js';
import type { LogStorage } from './storage.js';

const PATIENCE_MS = 300;
const FILE = { identity: '1', size: 3, modified: 1, stamp: '1', born: '1' };

/** A storage in which some folders answer only when they are told to. */
function halfStorage(isAway: (folder: string) => boolean) {
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  const closed: string[] = [];
  const answer = async <T>(folder: string, value: T): Promise<T> => {
    asked.push(folder);
    if (isAway(folder)) await new Promise<void>((resolve) => waiting.push(resolve));
    return value;
  };
  const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '.';
  const storage: LogStorage = {
    root: '/logs',
    places: ['.'],
    locate: (path) => `/logs/${path}`,
    list: (directory) => answer(directory, true),
    directoryIdentity: (directory) => answer(directory, '1'),
    stat: (path) => answer(folderOf(path), FILE),
    statWithin: (folder) => answer(folder, FILE),
    read: (path) => answer(folderOf(path), new Uint8Array(3)),
    makeDirectory: (directory) => answer(directory, undefined),
    replaceFile: (path) => answer(folderOf(path), undefined),
    moveFile: (from) => answer(folderOf(from), 'moved'),
    removeFile: (path) => answer(folderOf(path), false),
    removeEmptyDirectory: (directory) => answer(directory, false),
    openForAppend: (path) =>
      answer(folderOf(path), {
        length: () => answer(folderOf(path), 0),
        write: () => answer(folderOf(path), undefined),
        close: () => {
          closed.push(path);
          return answer(folderOf(path), undefined);
        },
      }),
    watch: () => () => undefined,
    close: () => answer('close', undefined),
  };
  const patient = createPatientStorage(storage, PATIENCE_MS);
  onTestFinished(async () => {
    patient.giveUp();
    await patient.close();
  });
  return { patient, asked, closed, answerAll: () => waiting.splice(0).forEach((resolve) => void resolve()) };
}

it('gives a call up that is not answered, and asks nothing more of its folder and those below', async () => {
  const { patient, asked } = halfStorage((folder) => folder.startsWith('away'));
  await expect(patient.stat('away/file')).rejects.toMatchObject({
    problem: 'no-answer',
    message: expect.stringContaining('The folder /logs/away does not answer.'),
  });
  await expect(patient.read('away/file', '1', 0, 3)).rejects.toMatchObject({ problem: 'no-answer' });
  await expect(patient.list('away/below', () => undefined)).rejects.toMatchObject({ problem: 'no-answer' });
  expect(patient.watch('away', () => undefined)).toBeNull();
  expect(asked).toEqual(['away']);
  expect(await patient.stat('here/file')).toEqual(FILE);
});

it('asks the folder again when it has answered, and waits longer for it then', async () => {
  const { patient, answerAll } = halfStorage((folder) => folder === 'slow');
  await expect(patient.stat('slow/file')).rejects.toMatchObject({ problem: 'no-answer' });
  answerAll();
  await vi.waitFor(async () => {
    const again = patient.stat('slow/file');
    setTimeout(answerAll, 1.5 * PATIENCE_MS);
    expect(await again).toEqual(FILE);
  });
});

it('leaves threads to other folders when many do not answer', async () => {
  const { patient, asked } = halfStorage((folder) => folder.startsWith('away'));
  const results = await Promise.allSettled(
    Array.from({ length: 3 }, (_, i) => patient.list(`away${i}`, () => undefined)),
  );
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  // Of four threads, three are stuck.
  await expect(patient.list('unknown', () => undefined)).rejects.toThrow(/is not asked while 3 others/);
  expect(asked).not.toContain('unknown');
});

it('lets all calls fail when it is given up, also those that write, and closes', async () => {
  const { patient } = halfStorage(() => true);
  const calls = [
    patient.stat('file'),
    patient.openForAppend('file'),
    patient.list('a', () => undefined),
    patient.makeDirectory('b'),
  ].map((call) => expect(call).rejects.toThrow('has been closed'));
  patient.giveUp();
  await Promise.all(calls);
  await expect(patient.read('file', '1', 0, 1)).rejects.toThrow('has been closed');
  await patient.close();
});

it('closes files that were opened before it was given up, and those that are opened only then', async () => {
  const { patient, closed, answerAll } = halfStorage((folder) => folder === 'slow');
  const file = await patient.openForAppend('here/file');
  const late = expect(patient.openForAppend('slow/file')).rejects.toThrow('has been closed');
  patient.giveUp();
  await late;
  await file.close();
  expect(closed).toEqual(['here/file']);
  answerAll();
  await vi.waitFor(() => expect(closed).toEqual(['here/file', 'slow/file']));
});
