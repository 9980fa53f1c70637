/** Every kind, and how files become one. */
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { answerProblems } from './answers.js';
import { CHANGING_FILES } from './changing-files.js';
import { EDGE_EVENTS } from './edge-events.js';
import type { FileKind } from './file-kind.js';
import { FILE_KINDS } from './file-kinds.js';
import { FLOOD_KINDS } from './flood-kinds.js';
import { FOLDER_KINDS, rowsOf } from './folder-kinds.js';
import { KEPT_KINDS } from './kept-kinds.js';
import type { Kind } from './kind.js';
import { MOVING_KINDS } from './moving-kinds.js';
import { ODD_EVENTS } from './odd-events.js';
import { PLUGIN_EVENTS } from './plugin-events.js';
import { askHub, type Scene, writeRun } from './scene.js';
import { SOCKET_KINDS } from './socket-kinds.js';
import { STALLING_KINDS } from './stalling-kinds.js';

export function runsOf(kind: FileKind, size: number): string[] {
  const count = kind.runs?.(size) ?? 1;
  return Array.from({ length: count }, (_, i) => (i === 0 ? kind.name : `${kind.name}-${i}`));
}

export async function writeFiles(logdir: string, kind: FileKind, size: number): Promise<void> {
  for (const run of runsOf(kind, size)) await writeRun(logdir, run, kind.parts(size), kind.sparseBytes);
}

function kindOf(files: FileKind): Kind {
  const { name, small, full } = files;
  return {
    name,
    small,
    full,
    act: ({ logdir }, size) => writeFiles(logdir, files, size),
    async problems(scene, size) {
      const found: string[] = [];
      const { gap, tags, points, history } = files.expect ?? {};
      for (const run of runsOf(files, size)) {
        const detail = await scene.detail(run);
        if (!detail) return [`The run ${run} is not listed.`];
        if (!detail.summary.readToEnd) found.push(`The run ${run} is not read to its end.`);
        if (gap && detail.gaps.length === 0) found.push(`The run ${run} names no gap.`);
        if (tags !== undefined && detail.tags.length !== tags)
          found.push(`The run ${run} lists ${detail.tags.length} of ${tags} tags.`);
        if (points) {
          const rows = await rowsOf(scene, run, points.tag);
          const wanted = typeof points.rows === 'number' ? points.rows : points.rows(size);
          if (rows !== wanted) found.push(`The run ${run} has ${rows} of ${wanted} good points.`);
        }
      }
      if (history) found.push(...(await historyProblem(scene, name, history)));
      // Answers cost time, so they are asked for when all else is as expected.
      if (found.length === 0) found.push(...(await answerProblems(scene, name)));
      if (name === 'long-tags') found.push(...(await unreachableTags(scene)));
      return found;
    },
  };
}

/** A tag whose records cannot be read may have no history, and asking for it does not make the hub fail. */
async function historyProblem(
  scene: Scene,
  run: string,
  { tag, kind }: { readonly tag: string; readonly kind: string },
): Promise<string[]> {
  const generation = (await scene.detail(run))?.summary.generation;
  const histories = [{ tag, kind, from: 0, findDuplicates: true }];
  const headers = { ...scene.headers, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ run, generation, histories });
  const { status } = await askHub(scene.hub.port, `/${HTTP.histories}`, headers, body);
  return status < 500 ? [] : [`The history of ${tag} is answered with ${status}.`];
}

/** What is listed can be asked for. */
async function unreachableTags(scene: Scene): Promise<string[]> {
  const detail = await scene.detail('long-tags');
  for (const { tag, kind } of detail?.tags ?? []) {
    if (kind !== 'scalar') continue;
    const query = new URLSearchParams({ run: 'long-tags', tag });
    const { status } = await scene.ask(`/api/v1/series?${query}`);
    if (status !== 200)
      return [`A tag of ${tag.length} characters is listed, and asking for it is answered with ${status}.`];
  }
  return [];
}

export const ALL_FILES: readonly FileKind[] = [
  ...FILE_KINDS,
  ...ODD_EVENTS,
  ...PLUGIN_EVENTS,
  ...EDGE_EVENTS,
];

export const KINDS: readonly Kind[] = [
  ...ALL_FILES.map(kindOf),
  ...FOLDER_KINDS,
  ...MOVING_KINDS,
  ...CHANGING_FILES,
  ...SOCKET_KINDS,
  ...STALLING_KINDS,
  ...FLOOD_KINDS,
  ...KEPT_KINDS,
];
