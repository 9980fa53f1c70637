/** What viewers ask of the training process, in words. */
import type { ControlRequest } from '@convscope/shared/protocol/control.js';
import type { TrainingData } from './data/training-data.js';
import { type PictureRequests, wordsOfPictureRequest } from './picture-requests.js';

interface WordsOptions {
  readonly pictures: Pick<PictureRequests, 'cost'>;
  readonly data: Pick<TrainingData, 'test' | 'classes'>;
}

/** The request in words, for the log. */
export function wordsOf(request: ControlRequest, { pictures, data }: WordsOptions): string {
  const { classes, test } = data;
  switch (request.ask) {
    case 'occlusion':
    case 'saliency':
      return wordsOfPictureRequest(request, pictures.cost(), data);
    case 'capture':
      return 'capture now';
    case 'training':
      return request.paused ? 'pause training' : 'go on training';
    case 'probes':
      return `probes: ${request.probes
        .map((probe) =>
          'pixels' in probe || 'probe' in probe
            ? JSON.stringify(probe.name)
            : 'class' in probe
              ? `a picture of ${classes[probe.class]}`
              : `${probe.index} (${classes[test.labels[probe.index]!] ?? test.labels[probe.index]})`,
        )
        .join(', ')}`;
    case 'settings': {
      const { every, at, layers, gradients, budget, paused } = request.change;
      const words = [
        every === undefined
          ? undefined
          : `capture every ${every === 'auto' ? 'N steps, as the budget allows' : every === 0 ? 'no step' : `${every} steps`}`,
        at === undefined ? undefined : at === '' ? 'at no named steps' : `at steps ${at}`,
        layers === undefined ? undefined : layers === null ? 'all layers' : `layers ${layers.join(', ')}`,
        gradients === undefined ? undefined : `gradients ${gradients ? 'on' : 'off'}`,
        budget === undefined ? undefined : `budget ${budget} %`,
        paused === undefined ? undefined : paused ? 'pause captures' : 'go on capturing',
      ];
      return words.filter((word) => word !== undefined).join('; ') || 'nothing';
    }
  }
}
