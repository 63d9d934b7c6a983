import type { Interpolation } from '@trainyard/protocol';

/** How much an old pixel counts at a distance from the middle of a new one. */
export interface Filter {
  /** Beyond this distance none counts. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** The window's coefficients, in Pillow as numbers of 32 bits: with those of 64 some pixels differ by 1 (tests/interop/images.test.ts). */
const hamming = [Math.fround(0.54), Math.fround(0.46)] as const;

/** Pillow's filters. */
export const filters: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (hamming[0] + hamming[1] * Math.cos(x * Math.PI))) },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x)) },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** Keys's convolution (1981), with a = -0.5. */
function cubic(x: number): number {
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
