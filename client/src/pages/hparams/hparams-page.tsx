/** Hyperparameters and metrics of all runs: parallel coordinates, correlations, a table and a scatter matrix. */
import { type ReactNode, useEffect } from 'react';
import { BesideRuns } from '../../runs/beside-runs.js';
import { setComplete } from '../../ui/diagnostics.js';
import { plural } from '../../ui/format.js';
import { GroupHead } from '../../ui/group-head.js';
import { NothingLogged } from '../../ui/nothing-logged.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { ReadingNote } from '../../ui/reading-note.js';
import { useStoreValue } from '../../ui/store.js';
import { Controls } from './controls.js';
import { Correlations } from './correlations.js';
import { useHparams } from './hparams-state.js';
import { Parallel } from './parallel.js';
import { ScatterMatrix } from './scatter-matrix.js';
import { SessionTable } from './session-table.js';
import { type ShownTable, useTable } from './use-table.js';
import '../../ui/chip.css';
import '../../ui/dashboard.css';
import './hparams.css';

export function HparamsPage() {
  return (
    <BesideRuns>
      <main className="dashboard">
        <Main />
      </main>
    </BesideRuns>
  );
}

function Main() {
  const { data } = useHparams();
  useEffect(() => data.follow(), [data]);
  const facts = useStoreValue(data.facts);
  const error = useStoreValue(data.error);
  const table = useTable(facts);
  useEffect(() => setComplete(facts !== undefined), [facts]);
  const failure = error !== undefined && <p className="notice is-bad">{error}</p>;
  if (facts === undefined || table === undefined) return failure || <ReadingNote />;
  if (facts.answer.runs.length === 0)
    return !facts.isWhole ? (
      failure || <ReadingNote />
    ) : (
      <NothingLogged
        what="hyperparameters"
        line={'writer.add_hparams({"lr": 0.1, "optimizer": "sgd"}, {"hparam/accuracy": accuracy})'}
      />
    );
  return (
    <>
      {failure}
      <Controls table={table} facts={facts} />
      <div className="dashboard-scroll">
        <Sections table={table} />
      </div>
    </>
  );
}

function Sections({ table }: { readonly table: ShownTable }) {
  const { rows, within, columns } = table;
  const count = within.size === rows.length ? `${rows.length}` : `${within.size} of ${rows.length}`;
  const hasMetrics = columns.some(({ kind }) => kind === 'metric');
  return (
    <>
      <Section id="parallel" name="Parallel coordinates" count="drag on an axis to choose runs">
        <Parallel table={table} />
      </Section>
      <Section id="table" name="Table" count={plural(Number(within.size), 'row').replace(/^\S+/, count)}>
        <SessionTable table={table} />
      </Section>
      <Section id="correlations" name="Correlations" count="of each hyperparameter with each metric">
        {hasMetrics ? <Correlations table={table} /> : <NoMetrics />}
      </Section>
      <Section id="scatter" name="Scatter matrix" count="each metric over each hyperparameter">
        {hasMetrics ? <ScatterMatrix table={table} /> : <NoMetrics />}
      </Section>
    </>
  );
}

function NoMetrics() {
  return <p className="small muted section-note">There is no metric. Add one of the scalars above.</p>;
}

function Section(props: {
  readonly id: string;
  readonly name: string;
  readonly count: string;
  readonly children: ReactNode;
}) {
  const { id, name, count, children } = props;
  const state = useHparams();
  const { closed } = useStoreValue(state.preferences);
  const isOpen = !closed.includes(id);
  return (
    <section aria-label={name} data-section={id}>
      <GroupHead name={name} count={count} isOpen={isOpen} onToggle={() => state.toggle(id)} />
      {isOpen && (
        <PartBoundary name={name} of="">
          {children}
        </PartBoundary>
      )}
    </section>
  );
}
