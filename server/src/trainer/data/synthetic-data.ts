import { createRandom } from '../random.js';
import { CLASSES } from './cifar/facts.js';
import { type PictureSet, type TrainingData, trainingStatistics } from './training-data.js';

/** Radians per pixel, across and down: fine and coarse stripes in both directions, and a chequerboard. */
const PATTERNS: readonly (readonly [number, number])[] = [
  [1.2, 0],
  [0, 1.2],
  [0.45, 0],
  [0, 0.45],
  [0.8, 0.8],
];

/**
 * Synthetic pictures that a small model can learn. Each class has a pattern of stripes and a tint; each picture its own
 * phase, contrast and noise. Mirroring, which augmentation does, keeps the class. They have the shape of CIFAR-10's pictures.
 */
export function syntheticData(seed: number, trainPictures = 4096, testPictures = 1024): TrainingData {
  const train = makeSet(seed, 'synthetic/train', trainPictures);
  const test = makeSet(seed, 'synthetic/test', testPictures);
  const classes = CLASSES.map((_, index) => `synthetic ${index}`);
  return { name: 'synthetic', synthetic: true, classes, train, test, ...trainingStatistics(train) };
}

function makeSet(seed: number, purpose: string, count: number): PictureSet {
  const random = createRandom(seed, purpose);
  const side = 32;
  const labels = new Uint8Array(count);
  const planes: Uint8Array[] = [];
  for (let n = 0; n < count; n++) {
    const label = random.integer(10);
    labels[n] = label;
    const [across, down] = PATTERNS[label % 5]!;
    const phase = random.uniform() * 2 * Math.PI;
    const contrast = 25 + 35 * random.uniform();
    const warm = label < 5;
    const picture = new Uint8Array(3 * side * side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const wave =
          (across === 0 ? 1 : Math.sin(phase + across * x)) * (down === 0 ? 1 : Math.sin(phase + down * y));
        for (let c = 0; c < 3; c++) {
          const tint = c === 1 ? 0 : (c === 0) === warm ? 20 : -20;
          const noise = (random.uniform() - 0.5) * 80;
          picture[(c * side + y) * side + x] = Math.max(
            0,
            Math.min(255, 128 + tint + contrast * wave + noise),
          );
        }
      }
    }
    planes.push(picture);
  }
  return { side, labels, planes };
}
