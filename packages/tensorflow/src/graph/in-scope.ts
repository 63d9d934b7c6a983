import { engine } from '@tensorflow/tfjs-core';

/** A `tidy` that also disposes of what the body returns. */
export function inScope<T>(body: () => T): T {
  const tfjs = engine();
  tfjs.startScope('trace');
  try {
    return body();
  } finally {
    tfjs.endScope();
  }
}
