/** The pictures of the test set that drive the chosen channel highest, with the receptive field of the maximum. */
import { netReceptiveField } from '@convscope/shared/layers/net-fields.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { type TopPicture, topPicturesOf, topPicturesTag } from '@convscope/shared/unit-records.js';
import { useEffect, useMemo, useState } from 'react';
import type { Decoded } from '../../../decode/decoded.js';
import { useRunSummary } from '../../../runs/runs-context.js';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useSeen } from '../../../ui/use-visible.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';
import { NotAProbe } from './not-a-probe.js';
import { TopPictureTile } from './top-picture-tile.js';
import { type RecordAt, useRecordAt } from './use-record.js';
import { useTestPictures } from './use-test-pictures.js';
import './unit.css';

const HOW =
  'Runs of convscope train that capture maps keep them: at the first evaluation after the start, then as often as the budget of captures allows, and at the last one.';

export function TopPicturesSection({ selection }: { selection: Selection }) {
  return selection.description === undefined ? null : <OfConvolution selection={selection} />;
}

function OfConvolution({ selection }: { selection: Selection }) {
  const [ref, , wasSeen] = useSeen<HTMLElement>();
  const step = useStoreValue(useRunPage().step);
  const { name } = selection.layer;
  const record = useRecordAt(topPicturesTag(name), 'tensor', step, wasSeen);
  return (
    <section ref={ref} className="section" aria-label="Top pictures of the test set">
      <h3 className="heading">
        Top pictures{' '}
        <span className="micro">
          of the test set{record.step !== undefined && `, step ${formatStep(record.step)}`}
        </span>
      </h3>
      <Content selection={selection} record={record} />
    </section>
  );
}

function Content({ selection, record }: { selection: Selection; record: RecordAt }) {
  const app = useRunPage();
  const isLive = useRunSummary(useStore(app.run, (run) => run?.run))?.state === 'live';
  const { channel } = selection;
  const found = useMemo(() => readTop(record.decoded, channel), [record.decoded, channel]);
  const { firstStep } = record;
  if (record.isLogged === false)
    return (
      <p className="small muted">
        This log holds none{isLive ? ' yet' : ''}. {HOW}
      </p>
    );
  if (record.step === undefined && firstStep !== undefined)
    return (
      <p className="small muted">
        The first are of step {formatStep(firstStep)}.{' '}
        <Button onClick={() => app.holdAt(firstStep)}>Go there</Button>
      </p>
    );
  const error = record.error ?? ('error' in found ? found.error : undefined);
  if (error !== undefined) return <p className="small is-bad">{error}</p>;
  if ('error' in found || record.decoded === undefined)
    return <p className="small muted">Loading the pictures.</p>;
  if (found.pictures.length === 0)
    return <p className="small muted">No picture has a finite value in this channel.</p>;
  return <Pictures selection={selection} pictures={found.pictures} />;
}

type Found = { readonly pictures: readonly TopPicture[] } | { readonly error: string };

function readTop(decoded: Decoded | undefined, channel: number): Found {
  if (decoded?.kind !== 'tensor') return { pictures: [] };
  try {
    return { pictures: topPicturesOf(decoded.values, decoded.shape, channel) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** A picture that was clicked and is no probe at the shown step. */
interface Asked {
  readonly top: TopPicture;
  /** The channel that it was clicked in. */
  readonly channel: string;
  /** Whether it is a probe by now, and is to be shown as soon as a capture of it is. */
  readonly isMade: boolean;
}

function probeOf(
  probes: readonly { readonly index: number | null }[] | undefined,
  { index }: TopPicture,
): number | undefined {
  const probe = probes?.findIndex((one) => one.index === index) ?? -1;
  return probe < 0 ? undefined : probe;
}

function Pictures(props: { readonly selection: Selection; readonly pictures: readonly TopPicture[] }) {
  const { selection, pictures } = props;
  const app = useRunPage();
  const [asked, setAsked] = useState<Asked>();
  const net = useStore(app.run, (run) => run?.model);
  const start = useStore(app.run, (run) => run?.start);
  const named = useStoreValue(app.frames.probes);
  const probes = named ?? start?.probes;
  const indexes = useMemo(() => pictures.map(({ index }) => index), [pictures]);
  const tests = useTestPictures(indexes);
  const { name } = selection.layer;
  const channel = `${name} ${selection.channel}`;
  const fields = useMemo(
    () => pictures.map(({ y, x }) => net && netReceptiveField(net, name, { y0: y, y1: y, x0: x, x1: x })),
    [net, name, pictures],
  );
  const isSilent = selection.hasStages && pictures[0]!.value <= 0;
  const choose = (one: TopPicture): void => {
    const probe = probeOf(probes, one);
    setAsked(probe === undefined ? { top: one, channel, isMade: false } : undefined);
    if (probe !== undefined) app.show({ probe, y: one.y, x: one.x });
  };
  const isOfChannel = asked?.channel === channel;
  const made = isOfChannel && asked.isMade ? asked.top : undefined;
  const madeProbe = made && probeOf(probes, made);
  useEffect(() => {
    // The first capture of it is shown.
    if (made === undefined || madeProbe === undefined) return;
    setAsked(undefined);
    app.show({ probe: madeProbe, y: made.y, x: made.x });
  }, [app, made, madeProbe]);
  const isAbsent = isOfChannel && probeOf(probes, asked.top) === undefined;
  // It may have left the top pictures since it was asked for.
  const isThere = isOfChannel && (asked.isMade || pictures.some(({ index }) => index === asked.top.index));
  return (
    <>
      <div
        className="top-pictures"
        role="group"
        aria-label={`Top pictures of ${name} out ${selection.channel}`}
      >
        {pictures.map((one, rank) => {
          const picture = tests?.get(one.index);
          return (
            <TopPictureTile
              key={one.index}
              top={one}
              picture={picture}
              field={fields[rank]}
              isProbe={probeOf(probes, one) !== undefined}
              isMissing={tests !== undefined && picture === undefined}
              name={
                picture === undefined
                  ? undefined
                  : (start?.data.classes[picture.label] ?? `class ${picture.label}`)
              }
              onChoose={() => choose(one)}
            />
          );
        })}
      </div>
      {isSilent && <p className="micro">No test picture is above 0 here: ReLU makes 0 of all.</p>}
      {isAbsent && isThere && (
        <NotAProbe
          key={asked.top.index}
          top={asked.top}
          isMade={asked.isMade}
          onMade={() => setAsked((now) => (now === asked ? { ...asked, isMade: true } : now))}
        />
      )}
    </>
  );
}
