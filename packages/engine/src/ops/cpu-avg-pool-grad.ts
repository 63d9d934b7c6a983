/** An axis that windows move over. */
export interface PooledAxis {
  readonly inputLength: number;
  readonly outputLength: number;
  readonly size: number;
  readonly stride: number;
  /** Positions of padding before the first. */
  readonly before: number;
}

/** The positions of each window along an axis that are not padding. */
function windows({ inputLength, outputLength, size, stride, before }: PooledAxis): number[][] {
  return Array.from({ length: outputLength }, (_, at) => {
    const start = at * stride - before;
    return Array.from({ length: size }, (_cell, i) => start + i).filter((position) => position >= 0 && position < inputLength);
  });
}

/**
 * The gradient of AvgPool over any number of axes (channels last) on the oracle: each output's dy, spread evenly over the
 * cells of its window that are not padding. tfjs's own `cpu` kernels divide by the whole window, padding included, which is
 * not the derivative of its forward kernels.
 */
export function avgPoolGrad(dy: Float32Array, batch: number, channels: number, axes: readonly PooledAxis[]): Float32Array {
  // The windows of all axes together, as offsets of cells into an image without channels.
  let cells = [[0]];
  for (const axis of axes) {
    const along = windows(axis);
    cells = cells.flatMap((offsets) => along.map((positions) => offsets.flatMap((offset) => positions.map((position) => offset * axis.inputLength + position))));
  }
  const inputSize = axes.reduce((size, { inputLength }) => size * inputLength, 1);
  const dx = new Float32Array(batch * inputSize * channels);
  for (let image = 0; image < batch; image++)
    cells.forEach((window, output) => {
      for (let channel = 0; channel < channels; channel++) {
        const share = (dy[(image * cells.length + output) * channels + channel] ?? 0) / window.length;
        for (const cell of window) {
          const at = (image * inputSize + cell) * channels + channel;
          dx[at] = (dx[at] ?? 0) + share;
        }
      }
    });
  return dx;
}
