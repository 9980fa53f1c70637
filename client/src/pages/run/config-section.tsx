/** The configuration of the chosen run, as its log states it. */
import type { RunStart } from '@convscope/shared/run-record.js';
import { useRunSummary } from '../../runs/runs-context.js';
import { formatConfig, formatStep } from '../../ui/format.js';
import { useStore } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';

export function ConfigSection() {
  const app = useRunPage();
  const start = useStore(app.run, (run) => run?.start);
  const end = useStore(app.run, (run) => run?.end);
  const summary = useRunSummary(useStore(app.run, (run) => run?.run));
  // A log of another writer has no run start, but may have hyperparameters.
  const config = start?.config ?? summary?.config;
  if (config === undefined) return null;
  const pairs = new Map(Object.entries(config).map(([name, value]) => [name, formatConfig(value)]));
  for (const [name, value] of start === undefined ? [] : factsOf(start)) pairs.set(name, value);
  if (end?.weights !== undefined) pairs.set('weights', end.weights);
  const omitted = start === undefined ? (summary?.configOmitted ?? 0) : 0;
  return (
    <section className="section config" aria-label="Config" tabIndex={0}>
      <h2 className="heading">Config</h2>
      <dl className="pairs">
        {[...pairs].map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt title={name}>{name}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
      {omitted > 0 && <p className="micro">{formatStep(omitted)} more are too long to be listed.</p>}
    </section>
  );
}

function factsOf({ data, model, environment }: RunStart): [name: string, value: string][] {
  const git = environment.git ?? environment.gitCommit ?? environment.commit;
  return [
    ['data', data.synthetic ? `${data.name} (synthetic)` : data.name],
    ['parameters', formatStep(model.parameters)],
    ...(git === undefined ? [] : [['git', git.slice(0, 7)] satisfies [string, string]]),
  ];
}
