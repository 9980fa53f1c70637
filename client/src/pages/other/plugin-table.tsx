import { messageOf } from '@convscope/shared/message-of.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { useState } from 'react';
import { refOf } from '../../blobs/blobs.js';
import { RunMark } from '../../blobs/run-mark.js';
import { useBlobRows, useBlobs } from '../../blobs/use-blobs.js';
import type { TaggedRun } from '../../blobs/use-run-tags.js';
import { Button } from '../../ui/button.js';
import { download } from '../../ui/download.js';
import { formatBytes, formatStep } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { openedBy } from './sections.js';

/** What this page does not draw: how much there is of it, what opens it, and a download. */
export function PluginTable({ listed }: { readonly listed: readonly TaggedRun[] }) {
  return (
    <div className="plugin-table-frame">
      <table className="plugin-table small">
        <thead>
          <tr>
            <th scope="col">Plugin</th>
            <th scope="col">Tag</th>
            <th scope="col">Run</th>
            <th scope="col">Records</th>
            <th scope="col">Steps</th>
            <th scope="col">Size</th>
            <th scope="col">What opens it</th>
            <th scope="col">
              <span className="sr">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.map((of) => (
            <PluginRow key={`${of.run.run}\n${of.tag.kind}\n${of.tag.tag}`} of={of} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PluginRow({ of: { run, tag } }: { readonly of: TaggedRun }) {
  const blobs = useBlobs();
  const kind: RecordKind = tag.kind === 'tensor' ? 'tensor' : 'other';
  const rows = useBlobRows({ run: run.run, tag: tag.tag, kind });
  const [problem, setProblem] = useState<string>();
  useWaiting(rows === undefined);
  const newest = rows === undefined ? undefined : refOf(rows, rows.column.rowAt(Number.POSITIVE_INFINITY));
  const { firstStep, lastStep } = rows?.column ?? {};
  const size = Array.from({ length: rows?.count ?? 0 }, (_, row) => rows?.column.row(row)?.length ?? 0);
  const save = async (): Promise<void> => {
    if (newest === undefined) return;
    try {
      const bytes = await blobs.bytes(newest);
      download(`${run.run}-${tag.tag}-${newest.at.step}.event.pb`, bytes, 'application/octet-stream');
      setProblem(undefined);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <tr data-plugin={tag.plugin ?? ''}>
      <td>{tag.plugin ?? '–'}</td>
      <td className="plugin-name">{tag.tag}</td>
      <td className="plugin-name">
        <RunMark run={run} /> {titleOfRun(run)}
      </td>
      <td>{formatStep(tag.rows)}</td>
      <td className="nowrap">
        {firstStep !== undefined && lastStep !== undefined
          ? firstStep === lastStep
            ? formatStep(firstStep)
            : `${formatStep(firstStep)} to ${formatStep(lastStep)}`
          : '–'}
      </td>
      <td className="nowrap">
        {rows === undefined ? '–' : formatBytes(size.reduce((sum, one) => sum + one, 0))}
      </td>
      <td className="plugin-opener">
        {openedBy(tag.plugin ?? '')}
        {problem !== undefined && <span className="is-bad"> {problem}</span>}
      </td>
      <td>
        <Button
          quiet
          iconOnly
          aria-label={`Download the newest record of ${tag.tag} of ${run.run}`}
          title="Download the newest record, a tensorflow.Event"
          disabled={newest === undefined}
          onClick={() => void save()}
        >
          <Icon name="download" />
        </Button>
      </td>
    </tr>
  );
}
