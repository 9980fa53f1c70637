/**
 * What runs were trained with that do not say it themselves. Keras states the hyperparameters in the session's folder and logs
 * the curves in `train` and `validation` below it; torch's add_hparams makes a run of its own below the one with the curves.
 */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunConfig } from '@convscope/shared/run-description.js';

type Listed = Pick<RunSummary, 'run' | 'config'>;

/**
 * `configs` with those of the runs that state none: of the nearest run above, else of the only run directly below that states
 * one. Two that differ below a run say nothing of it.
 */
export function inheritedConfigs(
  runs: readonly Listed[],
  configs: ReadonlyMap<string, RunConfig>,
): ReadonlyMap<string, RunConfig> {
  const stated = new Map<string, RunConfig>();
  for (const { run, config } of runs) {
    const own = configs.get(run) ?? config;
    if (own !== undefined) stated.set(run, own);
  }
  const below = new Map<string, RunConfig | 'several'>();
  for (const [run, config] of stated) {
    const above = folderOf(run);
    if (above !== undefined) below.set(above, below.has(above) ? 'several' : config);
  }
  const all = new Map(configs);
  for (const { run } of runs) {
    if (stated.has(run)) continue;
    const only = below.get(run);
    const config = above(run, stated) ?? (only === 'several' ? undefined : only);
    if (config !== undefined) all.set(run, config);
  }
  return all;
}

function above(run: string, stated: ReadonlyMap<string, RunConfig>): RunConfig | undefined {
  for (let folder = folderOf(run); folder !== undefined; folder = folderOf(folder)) {
    const config = stated.get(folder);
    if (config !== undefined) return config;
  }
  return undefined;
}

function folderOf(run: string): string | undefined {
  if (run === '.') return undefined;
  const slash = run.lastIndexOf('/');
  return slash < 0 ? '.' : run.slice(0, slash);
}
