/** What the sections of a summary are made of. */
import type { ReactNode } from 'react';
import { refOf } from '../../blobs/blobs.js';
import { useBlob, useBlobRows } from '../../blobs/use-blobs.js';
import { useWaiting } from '../../ui/use-waiting.js';

export function Section(props: {
  readonly name: string;
  /** For screen readers, if the name is not unique. */
  readonly label?: string;
  readonly isWide?: boolean;
  /** Beside the name. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const { name, label = name, isWide = false, aside, children } = props;
  return (
    <section className={`summary-section${isWide ? ' is-wide' : ''}`} aria-label={label}>
      <h2 className="heading">
        {name}
        {aside !== undefined && <span className="micro">{aside}</span>}
      </h2>
      {children}
    </section>
  );
}

export function Pairs({
  of,
}: {
  readonly of: readonly (readonly [name: string, value: string | undefined])[];
}) {
  return (
    <dl className="summary-pairs">
      {of.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** The newest record of a tag, decoded. */
export function useNewest(run: string, tag: string, kind: 'run-start' | 'run-end') {
  const rows = useBlobRows({ run, tag, kind });
  const loaded = useBlob(rows && refOf(rows, rows.count - 1));
  useWaiting(rows !== undefined && loaded === undefined);
  return loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined;
}
