import { expect, it } from 'vitest';
import { readProjectorConfig } from './projector-config.js';

it('the embeddings that torch names are read with their files', () => {
  const text = `embeddings {
  tensor_name: "features:00100"
  metadata_path: "00100/features/metadata.tsv"
  sprite {
    image_path: "00100/features/sprite.png"
    single_image_dim: 8
    single_image_dim: 8
  }
  tensor_path: "00100/features/tensors.tsv"
}
embeddings {
tensor_name: "tbx:00003"
tensor_path: "00003/tbx/tensors.tsv"
}
`;
  expect(readProjectorConfig(text)).toEqual({
    tensors: [
      {
        name: 'features:00100',
        metadata: '00100/features/metadata.tsv',
        sprite: '00100/features/sprite.png',
        tensor: '00100/features/tensors.tsv',
      },
      { name: 'tbx:00003', tensor: '00003/tbx/tensors.tsv' },
    ],
  });
});

it('other ways to write the same are read too', () => {
  const text = `# of TensorFlow
model_checkpoint_path: 'ckpt-1'
embeddings: < tensor_name: "gr\\303\\266\\xc3\\x9fe" "\\n:1"; tensor_shape: 10000, tensor_shape: 200 metadata_path: '' > # end
embeddings { tensor_shape: [3, 2] tensor_path: 'a' }`;
  expect(readProjectorConfig(text)).toEqual({
    tensors: [
      { name: 'größe\n:1', shape: [10_000, 200] },
      { name: '', tensor: 'a', shape: [3, 2] },
    ],
  });
});

it('what comes before a damage is kept, and the place of the damage is told', () => {
  const first = 'embeddings { tensor_name: "a" }';
  for (const [rest, at] of [
    [' embeddings { tensor_name: "b', 26],
    [' } ', 0],
    [' embeddings { tensor_name "c" >', 29],
    [` ${'a {'.repeat(20)}`, 26],
  ] as const) {
    const { tensors, brokenAt } = readProjectorConfig(first + rest);
    expect(tensors[0]).toEqual({ name: 'a' });
    expect(brokenAt, rest).toBeGreaterThanOrEqual(first.length);
    expect(brokenAt, rest).toBeLessThanOrEqual(first.length + at);
  }
  expect(readProjectorConfig('').brokenAt).toBeUndefined();
  expect(readProjectorConfig('\u0000').brokenAt).toBe(0);
});
