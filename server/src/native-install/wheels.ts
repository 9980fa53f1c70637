/**
 * The Python wheels that contain TensorFlow's C library, with the SHA-256 of each file as published on PyPI. They are pinned
 * to one Python tag, regardless of the machine's Python version, because no Python code of them is run.
 */

export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly megabytes: number;
}

/** `cpu` runs anywhere; `cuda` includes CUDA 12.2 and cuDNN 8.9. */
export type LibraryKind = 'cpu' | 'cuda';

export interface TensorflowLibrary {
  readonly kind: LibraryKind;
  /** Name to show to users. */
  readonly library: string;
  readonly cuda: string;
  readonly wheels: readonly Wheel[];
}

function nvidia(name: string, version: string, megabytes: number, sha256: string): Wheel {
  const fileName = `${name.replaceAll('-', '_')}-${version}-py3-none-manylinux1_x86_64.whl`;
  return { name, version, fileName, sha256, megabytes };
}

const LINUX_X64: Readonly<Record<LibraryKind, TensorflowLibrary>> = {
  cpu: {
    kind: 'cpu',
    library: 'libtensorflow 2.15.1',
    cuda: 'none (the CPU library)',
    wheels: [
      {
        name: 'tensorflow-cpu',
        version: '2.15.1',
        fileName: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
        sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
        megabytes: 207,
      },
    ],
  },
  cuda: {
    kind: 'cuda',
    library: 'libtensorflow 2.15.1',
    cuda: 'CUDA 12.2 and cuDNN 8.9, installed with it',
    wheels: [
      {
        name: 'tensorflow',
        version: '2.15.1',
        fileName: 'tensorflow-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
        sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
        megabytes: 475,
      },
      // The requirements of tensorflow 2.15.1's extra "and-cuda".
      nvidia(
        'nvidia-cublas-cu12',
        '12.2.5.6',
        418,
        'f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0',
      ),
      nvidia(
        'nvidia-cuda-cupti-cu12',
        '12.2.142',
        14,
        'ce68d1009dd14215e38ed49643d31374c71d6fea381181cb0b9da7f19dfd1624',
      ),
      nvidia(
        'nvidia-cuda-nvcc-cu12',
        '12.2.140',
        21,
        'c6ff4ae7a636eb6cab7621191e19ac3779690686bbcf52c04d8b1ca2944e1e27',
      ),
      nvidia(
        'nvidia-cuda-nvrtc-cu12',
        '12.2.140',
        23,
        'b1cdcae6443cb7cdcfb5d1bf51896a148c9f82f9e65b27db9ab095eaed689aa7',
      ),
      nvidia(
        'nvidia-cuda-runtime-cu12',
        '12.2.140',
        1,
        'acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41',
      ),
      nvidia(
        'nvidia-cudnn-cu12',
        '8.9.4.25',
        720,
        '9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723',
      ),
      nvidia(
        'nvidia-cufft-cu12',
        '11.0.8.103',
        99,
        '72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67',
      ),
      nvidia(
        'nvidia-curand-cu12',
        '10.3.3.141',
        56,
        '7b6bad6817b5df2a6f5ec221206fb895d9195fdd7d2443f3e86554108c141a0a',
      ),
      nvidia(
        'nvidia-cusolver-cu12',
        '11.5.2.141',
        125,
        '5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da',
      ),
      nvidia(
        'nvidia-cusparse-cu12',
        '12.1.2.141',
        195,
        '4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126',
      ),
      nvidia(
        'nvidia-nccl-cu12',
        '2.16.5',
        189,
        '84695a4248138fb2ca12f5fd3defe986e790e71ccdaad51b2ca34ca4e83ef421',
      ),
      nvidia(
        'nvidia-nvjitlink-cu12',
        '12.2.140',
        20,
        '95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9',
      ),
    ],
  },
};

/** The library for this machine, or a sentence that says why there is none. */
export function tensorflowLibrary(
  kind: LibraryKind,
  machine: { platform: string; arch: string; glibc: string | undefined },
): TensorflowLibrary | { readonly refused: string } {
  if (machine.platform !== 'linux' || machine.arch !== 'x64') {
    return {
      refused:
        `The installation from PyPI supports Linux on x64 only; this is ${machine.platform} on ${machine.arch}. ` +
        'Allow access to storage.googleapis.com, from where the package downloads its own library, or train on wasm.',
    };
  }
  if (machine.glibc === undefined) {
    return {
      refused:
        "TensorFlow's wheels need glibc, and this Linux has another C library (musl, as on Alpine). " +
        'Use a Debian, Ubuntu or Fedora based system or image, or train on wasm.',
    };
  }
  return LINUX_X64[kind];
}
