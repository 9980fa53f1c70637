import type { Beside, FileBeside } from '@convscope/shared/protocol/files-beside.js';
import { RunMark } from '../../blobs/run-mark.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { formatBytes, plural } from '../../ui/format.js';
import type { BesideRow } from './beside-rows.js';

const KINDS: Readonly<Record<Beside['kind'], { readonly name: string; readonly opener: string }>> = {
  embedding: {
    name: 'Embedding',
    opener: 'TensorBoard shows it under Projector; projector.tensorflow.org opens its tables.',
  },
  profile: {
    name: 'Profile',
    opener:
      'TensorBoard shows it under Profile, with the plugin that pip installs as tensorboard-plugin-profile; Perfetto opens its traces.',
  },
  trace: {
    name: 'Trace',
    opener: "PyTorch's profiler wrote it. Perfetto (https://ui.perfetto.dev) and chrome://tracing open it.",
  },
};

/** How many files of an entry are shown without asking. */
const SHOWN = 4;

export interface BesideTableProps {
  readonly rows: readonly { readonly run: DrawnRun; readonly of: BesideRow }[];
  readonly address: (run: string, path: string) => string;
}

/** What lies beside the logs for other programs: how much there is of it, what opens it, and its files. */
export function BesideTable({ rows, address }: BesideTableProps) {
  return (
    <div className="plugin-table-frame">
      <table className="plugin-table small">
        <thead>
          <tr>
            {['Kind', 'Name', 'Run', 'Count', 'Steps or time', 'Size', 'What opens it', 'Files'].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ run, of }) => (
            <tr key={`${of.run}\n${of.kind}\n${of.name}`} data-beside={of.kind}>
              <td>{KINDS[of.kind].name}</td>
              <td className="plugin-name">{of.name}</td>
              <td className="plugin-name">
                <RunMark run={run} /> {of.run}
              </td>
              <td className="beside-count">{of.count}</td>
              <td className="nowrap">{of.when}</td>
              <td className="nowrap">{formatBytes(of.bytes)}</td>
              <td className="plugin-opener">
                {KINDS[of.kind].opener}
                {of.problems.length > 0 && <span className="is-warn"> {of.problems.join(' ')}</span>}
              </td>
              <td className="beside-files">
                <Files of={of} address={address} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Files({ of, address }: { readonly of: BesideRow; readonly address: BesideTableProps['address'] }) {
  const shown = of.newest.slice(0, SHOWN);
  const more = [...of.newest.slice(SHOWN), ...of.earlier];
  const links = (files: readonly FileBeside[], isLong: boolean) => (
    <ul>
      {files.map(({ path, bytes }) => (
        <li key={path}>
          <a href={address(of.run, path)} download="" title={`Download ${path}`}>
            {isLong ? path : path.slice(path.lastIndexOf('/') + 1)}
          </a>{' '}
          <span className="micro nowrap">{formatBytes(bytes)}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {links(shown, false)}
      {more.length > 0 && (
        <details>
          <summary>{moreText(of)}</summary>
          {links(more, of.earlier.length > 0)}
        </details>
      )}
    </>
  );
}

function moreText({ newest, earlier }: BesideRow): string {
  const more = newest.length - SHOWN;
  if (more <= 0) return `${plural(earlier.length, 'file')} of earlier steps`;
  const ofAll = plural(more + earlier.length, 'more file');
  return earlier.length === 0 ? ofAll : `${ofAll}, of earlier steps too`;
}
