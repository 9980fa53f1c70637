/** Lets one kind act on a hub, and looks at what became of the hub, its answers and the healthy runs beside. */
import { setTimeout as delay } from 'node:timers/promises';
import { rowsOf } from './folder-kinds.js';
import { healthyFile } from './hostile-events.js';
import type { Kind } from './kind.js';
import type { Measured } from './monitor.js';
import { HEALTHY_POINTS, type Scene, writeRun } from './scene.js';
import { openViewer } from './sockets.js';

/** No reason is longer, whatever the input. */
const REASON_CHARACTERS = 300;
/** The list of runs goes to every viewer. */
const LIST_BYTES = 1_000_000;

export interface Tried extends Measured {
  readonly kind: string;
  readonly size: number;
  readonly seconds: number;
  readonly survived: boolean;
  readonly problems: readonly string[];
}

/** @param everyMs how often the hub is asked meanwhile, which takes a third of a core at 5 ms */
export async function tryKind(
  scene: Scene,
  kind: Kind,
  size: number,
  { withinMs, everyMs = 5 }: { readonly withinMs: number; readonly everyMs?: number },
): Promise<Tried> {
  const { hub } = scene;
  const began = performance.now();
  const monitor = scene.watcher.watch(hub.pid, hub.port, { headers: scene.headers, everyMs });
  let problems: readonly string[] = [];
  try {
    await kind.act(scene, size);
    // The run beside comes after: the hub must still read what is new.
    const beside = `${kind.name}-beside`;
    await writeRun(scene.logdir, beside, [healthyFile(HEALTHY_POINTS)]);
    problems = await settled(scene, () => problemsOf(scene, kind, size, beside), withinMs);
  } catch (error) {
    problems = [`The kind could not be tried: ${String(error)}`];
  } finally {
    await kind.end?.(scene);
  }
  const measured = await monitor.stop();
  const survived = !hub.hasExited();
  return {
    ...{ kind: kind.name, size, survived, ...measured },
    seconds: (performance.now() - began) / 1000,
    problems: [
      ...(survived ? problems : [`The hub has ended: ${lastLine(hub.output())}`]),
      ...(survived && measured.failures[0] !== undefined
        ? [`${measured.failures.length} requests had no answer of 200, such as: ${measured.failures[0]}`]
        : []),
    ],
  };
}

/** The problems that are left after this time. Viewers do not wait until they are gone. */
async function settled(
  scene: Scene,
  look: () => Promise<readonly string[]>,
  withinMs: number,
): Promise<readonly string[]> {
  let problems: readonly string[] = [];
  const deadline = performance.now() + withinMs;
  do {
    if (scene.hub.hasExited()) return [];
    problems = await look().catch((error: unknown) => [String(error)]);
    if (problems.length > 0) await delay(50);
  } while (problems.length > 0 && performance.now() < deadline);
  return problems;
}

async function problemsOf(scene: Scene, kind: Kind, size: number, beside: string): Promise<string[]> {
  const problems: string[] = [];
  for (const run of ['there-before', beside]) {
    const rows = await rowsOf(scene, run, 'loss');
    if (rows !== HEALTHY_POINTS)
      problems.push(`The healthy run ${run} has ${rows} of ${HEALTHY_POINTS} points.`);
  }
  // The hub still reads. The other looks cost it more, and are taken when these find nothing.
  if (problems.length > 0) return problems;
  problems.push(...((await kind.problems?.(scene, size)) ?? []));
  if (problems.length > 0) return problems;
  const runs = await scene.runs();
  if (JSON.stringify(runs).length > LIST_BYTES) problems.push('The list of runs is larger than 1 MB.');
  for (const { run, gaps } of runs.filter(({ run }) => run.startsWith(kind.name))) {
    if (gaps === 0) continue;
    const long = (await scene.detail(run))?.gaps.find(({ reason }) => reason.length > REASON_CHARACTERS);
    if (long) problems.push(`A gap of ${run} has a reason of ${long.reason.length} characters.`);
  }
  const viewer = await openViewer(scene);
  const watch = { runs: [kind.name, beside], mapsOf: null, tags: [], lookedAt: [] };
  const answer: unknown = await viewer.timeout(5_000).emitWithAck('watch', watch);
  if (!Array.isArray(answer))
    problems.push(`A viewer that watches the runs is told: ${JSON.stringify(answer)}`);
  viewer.disconnect();
  return problems;
}

function lastLine(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.find((line) => /Error|FATAL|heap/.test(line)) ?? lines.at(-1) ?? '').slice(0, 200);
}
