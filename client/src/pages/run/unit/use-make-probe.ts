import { CONTROL_LIMITS } from '@convscope/shared/protocol/control.js';
import { type Said, useTrainer } from '../ask/trainer-link.js';
import { useRunPage } from '../run-page-context.js';

/** Asks the process that trains for captures of a test picture too. It takes the last place if there is no other. Resolves to what became of it. */
export function useMakeProbe(index: number): () => Promise<Said | undefined> {
  const app = useRunPage();
  const trainer = useTrainer();
  return async () => {
    const report = trainer.report.get();
    if (report === undefined || !('state' in report)) return undefined;
    // The process keeps no pixels of pictures that viewers have brought along, so these cannot be asked for again.
    const kept = report.state.probes
      .flatMap((probe) => (probe.index === null ? [] : [{ index: probe.index }]))
      .slice(0, CONTROL_LIMITS.probes - 1);
    const said = await trainer.ask({ ask: 'probes', probes: [...kept, { index }] });
    if (!said.isBad) app.show({ probe: kept.length });
    return said;
  };
}
