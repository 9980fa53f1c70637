/** In place of the panes of a run whose log holds no maps. */
import type { TagSummary } from '@convscope/shared/protocol/live.js';
import { Fragment } from 'react';
import { pageOfTag, type TagPage } from '../../blobs/page-of-tag.js';
import { useRunSummary } from '../../runs/runs-context.js';
import { formatStep, plural } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { namesOf, useOtherTensors } from './other-tensors.js';
import { useRunPage } from './run-page-context.js';

export function NoMaps() {
  const run = useStoreValue(useRunPage().run);
  const summary = useRunSummary(run?.run);
  const tensors = useOtherTensors();
  if (run === undefined) return null;
  const { startError } = run.data;
  if (startError !== undefined) {
    return (
      <div className="no-maps">
        <p className="medium is-bad">The description of this run cannot be read: {startError}</p>
        <p className="small muted">Without it the page does not know which maps belong to which layer.</p>
      </div>
    );
  }
  return (
    <div className="no-maps">
      <p className="medium">
        {summary?.unreadable !== undefined
          ? `No feature maps in what can be read: ${plural(summary.unreadable, 'file')} cannot`
          : summary?.state === 'live'
            ? 'No feature maps yet'
            : 'This log holds no feature maps'}
      </p>
      {summary?.unreadable !== undefined && <p className="small is-warn">{summary.notShown?.join(' ')}</p>}
      <p className="small muted">
        {run.scalarTags.length > 0 && (
          <>
            {`It has ${plural(run.scalarTags.length, 'scalar')}: choose one as the curve above, or see all on `}
            <a className="link" href="#scalars">
              Scalars
            </a>
            {'. '}
          </>
        )}
        A tensor [C, H, W] or [N, C, H, W] that is logged opens here as a channel grid.
      </p>
      {tensors.length > 0 && (
        <p className="small muted">
          {tensors.length === 1 ? 'Its tensor is' : `Its ${plural(tensors.length, 'tensor')} are`} of another
          shape: {namesOf(tensors)}.
        </p>
      )}
      <OnOtherPages tags={run.data.blobTags} />
    </div>
  );
}

const PAGES: readonly (readonly [page: TagPage, name: string])[] = [
  ['images', 'Images'],
  ['distributions', 'Distributions'],
  ['text', 'Text'],
  ['other', 'Other'],
];

/** The other pages that show tags of the run, and how many. */
function OnOtherPages({ tags }: { readonly tags: readonly TagSummary[] }) {
  const pages = tags.flatMap((tag) => pageOfTag(tag) ?? []);
  if (pages.length === 0) return null;
  return (
    <p className="small muted">
      {`${plural(pages.length, 'more tag', 'more tags')} on other pages:`}
      {PAGES.map(([page, name]) => {
        const count = pages.filter((one) => one === page).length;
        return (
          count > 0 && (
            <Fragment key={page}>
              {' '}
              <a className="link" href={`#${page}`}>
                {name} ({formatStep(count)})
              </a>
            </Fragment>
          )
        );
      })}
    </p>
  );
}
