import { isDeepStrictEqual } from 'node:util';
import type { Fitted, Transform } from '@trainyard/protocol';

/**
 * The transforms with the arguments that were learnt. The second of two equal transforms takes what the second of those
 * that were fitted took, and so on.
 */
export function withFitted(transforms: readonly Transform[], fitted: Fitted): Transform[] {
  const equals = (transform: Transform) => (other: Transform) => isDeepStrictEqual(other, transform);
  return transforms.map((transform, i) => {
    const before = transforms.slice(0, i).filter(equals(transform)).length;
    return fitted.transforms.filter(({ given }) => equals(transform)(given))[before]?.fitted ?? transform;
  });
}
