import { messageOf } from '@convscope/shared/message-of.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import { useEffect, useRef, useState } from 'react';
import { refOf } from '../../blobs/blobs.js';
import { cardKey } from '../../blobs/card-steps.js';
import { RetryButton } from '../../blobs/retry-button.js';
import { RunMark } from '../../blobs/run-mark.js';
import { useBlob, useBlobRows } from '../../blobs/use-blobs.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import { Button } from '../../ui/button.js';
import { download } from '../../ui/download.js';
import { formatStep } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { timeAttributes } from '../../ui/log-time.js';
import { StepSlider } from '../../ui/step-slider.js';
import { useStoreValue } from '../../ui/store.js';
import { useSize } from '../../ui/use-size.js';
import { useSeen } from '../../ui/use-visible.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { useImages, useImagesView } from './images-context.js';
import { PictureCanvas } from './picture-canvas.js';
import { usePicture } from './use-picture.js';

export interface ImageCardProps {
  readonly run: DrawnRun;
  readonly tag: string;
  /** Whether it says its tag, and not only its run. */
  readonly saysTag: boolean;
}

/** The pictures of one tag of one run. They are fetched once it can be seen. */
export function ImageCard(props: ImageCardProps) {
  const { run, tag, saysTag } = props;
  const [ref, isVisible, wasSeen] = useSeen<HTMLElement>();
  return (
    <article
      ref={ref}
      className="image-card"
      aria-label={`${tag} of ${run.run}`}
      data-run={run.run}
      data-tag={tag}
    >
      <header className="image-card-head">
        <RunMark run={run} />
        <span className="ellipsis small" title={`${tag} of ${run.run}`}>
          {saysTag ? tag : titleOfRun(run)}
        </span>
        {saysTag && <span className="ellipsis micro">{titleOfRun(run)}</span>}
      </header>
      {wasSeen ? <Pictures {...props} isVisible={isVisible} /> : <div className="image-well" />}
    </article>
  );
}

function Pictures({ run, tag, isVisible }: ImageCardProps & { readonly isVisible: boolean }) {
  const state = useImages();
  const view = useImagesView();
  const key = cardKey(run.run, tag);
  const [well, { width: room, height }] = useSize<HTMLDivElement>();
  const rows = useBlobRows({ run: run.run, tag, kind: 'image' });
  useEffect(() => state.cards.offer(key, rows), [state.cards, key, rows]);
  useEffect(() => () => state.cards.offer(key, undefined), [state.cards, key]);
  const step = state.stepOf(key, view);
  const ref =
    rows === undefined ? undefined : refOf(rows, rows.column.rowAt(step ?? Number.POSITIVE_INFINITY));
  const loaded = useBlob(isVisible ? ref : undefined);
  const shown = usePicture(ref?.at, loaded, view.picture, isVisible);
  // Out of sight the card keeps its height, so that nothing moves.
  const lastHeight = useRef(0);
  if (shown !== undefined && height > 0) lastHeight.current = height;
  const [broken, setBroken] = useState<{ readonly of: unknown; readonly error: string }>();
  const error = shown?.error ?? (broken?.of === shown?.bytes ? broken?.error : undefined);
  const first = rows?.column.firstStep;
  useWaiting(isVisible && (rows === undefined || (ref !== undefined && shown?.at !== ref.at)));
  const isBefore = ref === undefined && first !== undefined;
  return (
    <>
      <div className="image-card-row micro">
        {shown !== undefined && !isBefore && (
          <>
            <time className="nowrap" {...timeAttributes(shown.at.wallTime)} data-step={shown.at.step}>
              step {formatStep(shown.at.step)}
            </time>
            {shown.header !== undefined && (
              <span className="faint ellipsis">
                {shown.header.width}×{shown.header.height}
                {shown.header.bits > 8 && `, ${shown.header.bits} bits`}
              </span>
            )}
            <span className="grow" />
            {shown.count > 1 && (
              <span className="row image-batch">
                <Button
                  quiet
                  iconOnly
                  aria-label="Previous picture of the batch"
                  disabled={shown.picture === 0}
                  onClick={() => state.show({ picture: shown.picture - 1 })}
                >
                  <Icon name="left" />
                </Button>
                {shown.picture + 1}/{shown.count}
                <Button
                  quiet
                  iconOnly
                  aria-label="Next picture of the batch"
                  disabled={shown.picture + 1 >= shown.count}
                  onClick={() => state.show({ picture: shown.picture + 1 })}
                >
                  <Icon name="right" />
                </Button>
              </span>
            )}
            {shown.bytes !== undefined && <DownloadPicture run={run.run} tag={tag} shown={shown} />}
          </>
        )}
      </div>
      <div
        ref={well}
        className="image-well"
        style={{ minHeight: shown === undefined && lastHeight.current > 0 ? lastHeight.current : undefined }}
      >
        {isBefore ? (
          <p className="small muted image-message">The first picture is of step {formatStep(first)}.</p>
        ) : error !== undefined ? (
          <p className="small is-bad image-message" role="status">
            {error} <RetryButton of={ref} />
          </p>
        ) : (
          shown?.bitmap !== undefined &&
          room > 0 && (
            <PictureCanvas
              shown={{ ...shown, bitmap: shown.bitmap }}
              label={`${tag} of ${run.run} at step ${shown.at.step}`}
              room={room}
              onAnimationError={(reason) =>
                setBroken({ of: shown.bytes, error: `This GIF cannot be played: ${messageOf(reason)}` })
              }
            />
          )
        )}
      </div>
      {view.each && rows !== undefined && (
        <StepSlider
          label={`Step of ${tag} of ${run.run}`}
          steps={rows.column.steps}
          step={step}
          onChange={(next) => state.setStep(key, next)}
        />
      )}
    </>
  );
}

function DownloadPicture({
  run,
  tag,
  shown,
}: {
  readonly run: string;
  readonly tag: string;
  readonly shown: NonNullable<ReturnType<typeof usePicture>>;
}) {
  const { bytes, header, at, picture, count } = shown;
  if (bytes === undefined) return null;
  const kind = header?.format.toLowerCase().replace('jpeg', 'jpg') ?? 'bin';
  const name = [run, tag, at.step, ...(count > 1 ? [picture] : [])].join('-');
  return (
    <Button
      quiet
      iconOnly
      aria-label="Download this picture"
      title="Download the picture as it was logged"
      onClick={() => download(`${name}.${kind}`, bytes, 'application/octet-stream')}
    >
      <Icon name="download" />
    </Button>
  );
}

/** The columns of cards, by size. */
export function useCardWidth(): number {
  const { size } = useStoreValue(useImages().preferences);
  return size === 'small' ? 150 : size === 'medium' ? 240 : 400;
}
