import { CONTROL_LIMITS } from '@convscope/shared/protocol/control.js';
import { useTrainer } from '../ask/trainer-link.js';
import { useRunPage } from '../run-page-context.js';

/** Asks the process that trains for captures of a test picture too. It takes the last place if there is no other. */
export function useMakeProbe(index: number): () => void {
  const app = useRunPage();
  const trainer = useTrainer();
  return () => {
    const report = trainer.report.get();
    if (report === undefined || !('state' in report)) return;
    // The process keeps no pixels of pictures that viewers have brought along, so these cannot be asked for again.
    const kept = report.state.probes
      .flatMap((probe) => (probe.index === null ? [] : [{ index: probe.index }]))
      .slice(0, CONTROL_LIMITS.probes - 1);
    void trainer.ask({ ask: 'probes', probes: [...kept, { index }] }).then((isDone) => {
      if (isDone) app.show({ probe: kept.length });
    });
  };
}
