import type { TransformOf } from '@trainyard/protocol';
import type { Random } from '../../stream/random.js';
import type { ImageLayout } from './image-layout.js';

type Arguments = TransformOf<'image_data_generator'>;

/** What chance makes of one image: what Keras's `random_transform` draws. */
export interface RandomChange {
  /** Rotation, in radians. */
  readonly theta: number;
  /** Pixels: along the rows' axis and along the columns'. */
  readonly tx: number;
  readonly ty: number;
  readonly shear: number;
  readonly zx: number;
  readonly zy: number;
  /** What is added to each channel; none where channels are not shifted. */
  readonly channelShifts: readonly number[];
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

/** Whether an `image_data_generator` leaves anything to chance. */
export function changesAtRandom(given: Arguments): boolean {
  const [low, high] = zoomsOf(given);
  const ranges = [given.rotation_range, given.width_shift_range, given.height_shift_range, given.shear_range, given.channel_shift_range];
  return ranges.some((range) => range !== 0) || low !== 1 || high !== 1 || given.horizontal_flip || given.vertical_flip;
}

/** Draws the change of an image, in Keras's order. */
export function drawChange(given: Arguments, { height, width, channels }: ImageLayout, random: Random): RandomChange {
  const within = (range: number): number => (range === 0 ? 0 : random.between(-range, range));
  const [low, high] = zoomsOf(given);
  const zooms = low !== 1 || high !== 1;
  const flips = (wanted: boolean): boolean => wanted && random.between(0, 1) < 0.5;
  return {
    theta: (Math.PI / 180) * within(given.rotation_range),
    tx: within(given.height_shift_range) * height,
    ty: within(given.width_shift_range) * width,
    shear: within(given.shear_range),
    zx: zooms ? random.between(low, high) : 1,
    zy: zooms ? random.between(low, high) : 1,
    channelShifts: given.channel_shift_range === 0 ? [] : Array.from({ length: channels }, () => within(given.channel_shift_range)),
    flipHorizontal: flips(given.horizontal_flip),
    flipVertical: flips(given.vertical_flip),
  };
}

function zoomsOf({ zoom_range: zoom }: Arguments): readonly [number, number] {
  return typeof zoom === 'number' ? [1 - zoom, 1 + zoom] : zoom;
}
