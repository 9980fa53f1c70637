import { basename, dirname, join } from 'node:path';
import { openAwaitedLogdir } from './awaited-logdir.js';
import type { LogdirPlace } from './logdir-place.js';
import { createMountedStorage } from './mounted-storage.js';
import { exactPattern, namePattern } from './name-pattern.js';
import { createPatternStorage } from './pattern-storage.js';
import type { LogStorage } from './storage.js';

/**
 * Opens all places as one logdir. One place without a name is the logdir itself. Of several, each is a folder with its
 * name, or else with the last part of its path: `runs`, or `exp1-runs` and `exp2-runs` where two would be the same.
 * @throws Error with a sentence if one of them cannot be used, or two have the same name
 */
export async function openLogdir(places: readonly LogdirPlace[]): Promise<LogStorage> {
  const given = places.flatMap(({ name }) => name ?? []);
  const twice = given.find((name, at) => given.indexOf(name) !== at);
  if (twice !== undefined)
    throw new Error(`Two logdirs are named ${twice}; the runs of each need a name of their own.`);
  const opened = await Promise.allSettled(places.map(openPlace));
  const storages = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = opened.find((result) => result.status === 'rejected');
  if (failed) {
    await Promise.all(storages.map((storage) => storage.close()));
    throw failed.reason;
  }
  const [only] = storages;
  if (only && places.length === 1 && places[0]!.name === null) return only;
  return createMountedStorage(new Map(mountNames(places).map((name, at) => [name, storages[at]!])));
}

function mountNames(places: readonly LogdirPlace[]): string[] {
  const given = places.flatMap(({ name }) => name ?? []);
  const last = ({ path }: LogdirPlace) => basename(path) || 'root';
  const names: string[] = [];
  for (const place of places) {
    const isShared = places.filter((other) => other.name === null && last(other) === last(place)).length > 1;
    const above = basename(dirname(place.path));
    const wanted = isShared && above !== '' ? `${above}-${last(place)}` : last(place);
    let name = place.name ?? wanted;
    for (let suffix = 2; place.name === null && [...given, ...names].includes(name); suffix++)
      name = `${wanted}-${suffix}`;
    names.push(name);
  }
  return names;
}

async function openPlace({ path, only }: LogdirPlace): Promise<LogStorage> {
  const storage = await openAwaitedLogdir(path);
  if (!only) return storage;
  const pattern = only.kind === 'file' ? exactPattern(only.names) : namePattern(only.names);
  return createPatternStorage(storage, pattern, join(path, ...only.names));
}
