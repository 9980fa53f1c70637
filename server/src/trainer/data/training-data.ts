/** A set of pictures, kept as bytes. */
export interface PictureSet {
  /** Pictures are side × side, three channels. */
  readonly side: number;
  readonly labels: Uint8Array;
  /** One entry per picture: its red, green and blue planes, 3·side² bytes, row-major. */
  readonly planes: readonly Uint8Array[];
}

export interface TrainingData {
  readonly name: string;
  readonly synthetic: boolean;
  readonly classes: readonly string[];
  readonly train: PictureSet;
  readonly test: PictureSet;
  /** Mean per channel over the training set, on the 0..1 scale. */
  readonly mean: readonly [number, number, number];
  /** Population standard deviation per channel over the training set, on the 0..1 scale. */
  readonly std: readonly [number, number, number];
}

/** Mean and population standard deviation per channel, on the 0..1 scale. Exact: computed from counts of the 256 values. */
export function trainingStatistics(set: PictureSet): Pick<TrainingData, 'mean' | 'std'> {
  const plane = set.side * set.side;
  const moments = [0, 1, 2].map((channel) => {
    const counts = new Float64Array(256);
    for (const picture of set.planes) {
      for (let i = channel * plane; i < (channel + 1) * plane; i++) counts[picture[i]!]!++;
    }
    const total = set.planes.length * plane;
    const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / total;
    const variance = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0) / total;
    return { mean: mean / 255, std: Math.sqrt(variance) / 255 };
  });
  return {
    mean: [moments[0]!.mean, moments[1]!.mean, moments[2]!.mean],
    std: [moments[0]!.std, moments[1]!.std, moments[2]!.std],
  };
}
