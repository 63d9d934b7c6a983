import { isDeepStrictEqual } from 'node:util';
import type { Fitted, Transform } from '@trainyard/protocol';

/**
 * The transforms with the arguments that were learnt. The second of two equal transforms takes what the second of those
 * that were fitted took, and so on.
 */
export function withFitted(transforms: readonly Transform[], fitted: Fitted): Transform[] {
  const equals = (transform: Transform) => (other: Transform) => isDeepStrictEqual(learnsFrom(other), learnsFrom(transform));
  return transforms.map((transform, i) => {
    const before = transforms.slice(0, i).filter(equals(transform)).length;
    const learnt = fitted.transforms.filter(({ given }) => equals(transform)(given))[before]?.fitted;
    return learnt ? completed(transform, learnt) : transform;
  });
}

/** What of a transform its arguments are learnt by. How images are changed at random is not: those of a validation are not. */
export function learnsFrom(transform: Transform): unknown {
  if (!('image_data_generator' in transform)) return transform;
  const { column, data_format, rescale, mean, std, featurewise_center, featurewise_std_normalization, samplewise_center, samplewise_std_normalization } = transform.image_data_generator;
  return { image_data_generator: { column, data_format, rescale, mean, std, featurewise_center, featurewise_std_normalization, samplewise_center, samplewise_std_normalization } };
}

function completed(transform: Transform, learnt: Transform): Transform {
  if (!('image_data_generator' in transform) || !('image_data_generator' in learnt)) return learnt;
  const { mean, std } = learnt.image_data_generator;
  return { image_data_generator: { ...transform.image_data_generator, ...(mean !== undefined && { mean }), ...(std !== undefined && { std }) } };
}
