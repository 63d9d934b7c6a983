/** [batch, height, width, channels] */
type Images = readonly [batch: number, height: number, width: number, channels: number];

/**
 * The gradient of ResizeNearestNeighbor (corners not aligned) on the oracle: each output's dy goes to the one cell it was
 * copied from, ⌊position · input length / output length⌋. tfjs's own `cpu` kernel looks for the outputs of a cell in a
 * window around it and finds others.
 */
export function resizeNearestNeighborGrad(dy: Float32Array, [batch, outHeight, outWidth, channels]: Images, height: number, width: number): Float32Array {
  const dx = new Float32Array(batch * height * width * channels);
  for (let image = 0; image < batch; image++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++)
        for (let channel = 0; channel < channels; channel++) {
          const fromRow = Math.floor((row * height) / outHeight);
          const fromColumn = Math.floor((column * width) / outWidth);
          const at = ((image * height + fromRow) * width + fromColumn) * channels + channel;
          dx[at] = (dx[at] ?? 0) + (dy[((image * outHeight + row) * outWidth + column) * channels + channel] ?? 0);
        }
  return dx;
}
