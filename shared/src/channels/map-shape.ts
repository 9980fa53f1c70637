/** The memory layout of a stack of maps. */

export interface MapsShape {
  readonly pictures: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** [picture, y, x, channel] (tfjs) or [picture, channel, y, x] (PyTorch). */
export type MapsLayout = 'NHWC' | 'NCHW';

/** Distance in elements between neighbours along each axis. */
export interface Strides {
  readonly picture: number;
  readonly channel: number;
  /** From one place (y·width + x) to the next. */
  readonly place: number;
}

/** @throws Error when the number of values does not match the shape. */
export function stridesOf(values: ArrayLike<number>, shape: MapsShape, layout: MapsLayout): Strides {
  const places = shape.height * shape.width;
  const picture = places * shape.channels;
  if (values.length !== picture * shape.pictures) {
    throw new Error(
      `${shape.pictures} pictures of ${shape.channels} maps of ${shape.height}×${shape.width} are ` +
        `${picture * shape.pictures} values; ${values.length} were given.`,
    );
  }
  return layout === 'NHWC'
    ? { picture, channel: 1, place: shape.channels }
    : { picture, channel: places, place: 1 };
}
