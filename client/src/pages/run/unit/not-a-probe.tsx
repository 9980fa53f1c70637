/** What can be done with a test picture that is no probe at the shown step. */
import type { TopPicture } from '@convscope/shared/unit-records.js';
import { useState } from 'react';
import { useForbidden } from '../../../runs/table/use-forbidden.js';
import { Button } from '../../../ui/button.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { type Said, useTrainer } from '../ask/trainer-link.js';
import { nameOfProbe } from '../frames/named-probes.js';
import { useRunPage } from '../run-page-context.js';
import { withProbe } from './with-probe.js';

interface NotAProbeProps {
  readonly top: TopPicture;
  /** Whether it has been made one from here. */
  readonly isMade: boolean;
  /** Called when it is a probe, and is to be shown as soon as a capture of it is. */
  readonly onMade: () => void;
}

export function NotAProbe({ top: { index }, isMade, onMade }: NotAProbeProps) {
  const trainer = useTrainer();
  const forbidden = useForbidden();
  const report = useStoreValue(trainer.report);
  const [said, setSaid] = useState<Said>();
  const state = report !== undefined && 'state' in report ? report.state : undefined;
  if (isMade || state?.probes.some((probe) => probe.index === index) === true)
    return <MadeProbe index={index} onShow={onMade} />;
  const change = state && withProbe(state.probes, index);
  const { replaced } = change ?? {};
  return (
    <div className="small" role="status">
      <p>Test picture {index} is not a probe, so its maps are not captured.</p>
      {change !== undefined && forbidden === undefined && (
        <>
          {replaced !== undefined && (
            <p className="muted">
              There is no room for more probes: it takes the place of probe {replaced.probe},{' '}
              {nameOfProbe(replaced.named)}.
            </p>
          )}
          <Button
            onClick={() =>
              void trainer.ask(change.request).then((became) => {
                setSaid(became);
                if (!became.isBad) onMade();
              })
            }
          >
            Capture it as a probe
          </Button>
        </>
      )}
      {said?.isBad === true && <p className="is-bad">{said.sentence}</p>}
    </div>
  );
}

/** It is a probe, and the shown capture is not of it. */
function MadeProbe({ index, onShow }: { readonly index: number; readonly onShow: () => void }) {
  const app = useRunPage();
  const isFollowing = useStore(app.view, (view) => view.step === undefined);
  if (isFollowing)
    return (
      <p className="small" role="status">
        Test picture {index} is a probe now. Its maps come with the next capture.
      </p>
    );
  return (
    <div className="small" role="status">
      <p>Test picture {index} is a probe now, and was not at this step.</p>
      <Button
        onClick={() => {
          onShow();
          app.goLive();
        }}
      >
        Go to the newest
      </Button>
    </div>
  );
}
