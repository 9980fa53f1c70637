/** What can be done with a test picture of which no maps are captured. */
import type { TopPicture } from '@convscope/shared/unit-records.js';
import { useState } from 'react';
import { useForbidden } from '../../../runs/table/use-forbidden.js';
import { Button } from '../../../ui/button.js';
import { useStoreValue } from '../../../ui/store.js';
import { type Said, useTrainer } from '../ask/trainer-link.js';
import { useMakeProbe } from './use-make-probe.js';

export function NotAProbe({ top: { index } }: { readonly top: TopPicture }) {
  const trainer = useTrainer();
  const forbidden = useForbidden();
  const report = useStoreValue(trainer.report);
  const [said, setSaid] = useState<Said>();
  const make = useMakeProbe(index);
  const hasTrainer = report !== undefined && 'state' in report;
  return (
    <div className="small" role="status">
      <p>Test picture {index} is not a probe, so its maps are not captured.</p>
      {hasTrainer && forbidden === undefined && (
        <Button onClick={() => void make().then(setSaid)}>Capture it as a probe</Button>
      )}
      {said?.isBad === true && <p className="is-bad">{said.sentence}</p>}
    </div>
  );
}
