import type { TransformOf } from '@trainyard/protocol';
import type { ImageLayout } from './image-layout.js';

type Arguments = TransformOf<'image_data_generator'>;

/** Keras's `epsilon`: what is divided by is never 0. */
const epsilon = 1e-7;

/** What is subtracted from each channel, and what each is divided by; neither where it is not wanted. */
export interface ChannelStatistics {
  readonly mean: Float32Array | undefined;
  readonly std: Float32Array | undefined;
}

/** The mean and std that are given for the featurewise ones: one for all channels, or one for each. */
export function statisticsOf(given: Arguments, channels: number): ChannelStatistics {
  const each = (wanted: boolean, numbers: Arguments['mean']): Float32Array | undefined => {
    if (!wanted || numbers === undefined) return undefined;
    return typeof numbers === 'number' ? new Float32Array(channels).fill(numbers) : Float32Array.from(numbers);
  };
  return { mean: each(given.featurewise_center, given.mean), std: each(given.featurewise_std_normalization, given.std) };
}

/** Keras's `standardize` of one image, in its place and in float32, as numpy computes it: bit for bit. */
export function normalize(image: Float32Array, layout: ImageLayout, given: Arguments, { mean, std }: ChannelStatistics): void {
  rescaleAndSamplewise(image, layout, given);
  if (mean || std) centerAndScale(image, layout, mean, std);
}

/** Channel by channel: a mean that is not wanted is 0 and a divisor 1, which change no bit. */
function centerAndScale(image: Float32Array, { height, width, channels, rowStride, columnStride, channelStride }: ImageLayout, means: ChannelStatistics['mean'], stds: ChannelStatistics['std']): void {
  for (let channel = 0; channel < channels; channel++) {
    const mean = means?.[channel] ?? 0;
    const divisor = stds ? Math.fround((stds[channel] ?? 0) + Math.fround(epsilon)) : 1;
    for (let row = 0; row < height; row++)
      for (let column = 0, at = channel * channelStride + row * rowStride; column < width; column++, at += columnStride) image[at] = Math.fround((image[at] as number) - mean) / divisor;
  }
}

/**
 * What comes before anything that is measured over all images. Samplewise means and stds are those that Keras 2.0.8 takes: of
 * each pixel, over its channels (later versions take them over the whole image). Of grey images nothing is left of it.
 */
export function rescaleAndSamplewise(image: Float32Array, layout: ImageLayout, { rescale, samplewise_center, samplewise_std_normalization }: Arguments): void {
  if (rescale !== null) {
    const factor = Math.fround(rescale);
    for (let i = 0; i < image.length; i++) image[i] = (image[i] as number) * factor;
  }
  if (samplewise_center) eachPixel(image, layout, center);
  if (samplewise_std_normalization) eachPixel(image, layout, divideByStd);
}

function eachPixel(image: Float32Array, { height, width, rowStride, columnStride, channels, channelStride }: ImageLayout, change: typeof center): void {
  for (let row = 0; row < height; row++) for (let column = 0; column < width; column++) change(image, row * rowStride + column * columnStride, channels, channelStride);
}

function center(image: Float32Array, at: number, channels: number, stride: number): void {
  const mean = meanOf(image, at, channels, stride);
  for (let channel = 0, i = at; channel < channels; channel++, i += stride) image[i] = (image[i] as number) - mean;
}

function divideByStd(image: Float32Array, at: number, channels: number, stride: number): void {
  const mean = meanOf(image, at, channels, stride);
  let squares = 0;
  for (let channel = 0, i = at; channel < channels; channel++, i += stride) {
    const difference = Math.fround((image[i] as number) - mean);
    squares = Math.fround(squares + Math.fround(difference * difference));
  }
  const divisor = Math.fround(Math.fround(Math.sqrt(Math.fround(squares / channels))) + Math.fround(epsilon));
  for (let channel = 0, i = at; channel < channels; channel++, i += stride) image[i] = (image[i] as number) / divisor;
}

function meanOf(image: Float32Array, at: number, channels: number, stride: number): number {
  let sum = 0;
  for (let channel = 0, i = at; channel < channels; channel++, i += stride) sum = Math.fround(sum + (image[i] as number));
  return Math.fround(sum / channels);
}
