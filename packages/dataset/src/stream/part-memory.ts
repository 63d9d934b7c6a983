import { MessageChannel } from 'node:worker_threads';
import type { DatasetArrays } from '../dataset.js';
import { arraysOf } from '../rows.js';

/*
 * Memory of parts that threads have handed over, given back once its last user has given it up. The garbage collector would find it, too,
 * but goes over everything that lives each time some 64 MB have come: of a stream of images that was 41 % of the main thread's time.
 *
 * Other memory is not counted: who else has it is not known.
 */

/**
 * Options of Node for processes that stream. Some tens of MB come and go between a window and the next: with the 20 MB that live beside,
 * V8 would collect all garbage for every 55 MB of a stream; with these, hardly ever.
 */
export const streamingNodeOptions: readonly string[] = ['--initial-old-space-size=128'];

/** How many use a buffer. */
const users = new WeakMap<ArrayBufferLike, number>();

/** A port that nobody listens to: what is transferred through it is detached here, and freed. */
const { port1: nowhere, port2: end } = new MessageChannel();
end.close();
nowhere.close();

/** Counts from now on who uses a part that nobody else has. */
export function count(part: DatasetArrays): void {
  for (const buffer of buffersOf(part)) users.set(buffer, 0);
}

/** One user more, of a part or a slice of it. */
export function use(part: DatasetArrays): void {
  for (const buffer of buffersOf(part)) {
    const known = users.get(buffer);
    if (known !== undefined) users.set(buffer, known + 1);
  }
}

/** A user less: after the last one the part's arrays are empty. */
export function giveUp(part: DatasetArrays): void {
  const unused: ArrayBuffer[] = [];
  for (const buffer of buffersOf(part)) {
    const known = users.get(buffer);
    if (known === undefined) continue;
    users.set(buffer, known - 1);
    if (known > 1) continue;
    users.delete(buffer);
    if (buffer instanceof ArrayBuffer) unused.push(buffer);
  }
  if (unused.length > 0) nowhere.postMessage(undefined, unused);
}

function buffersOf(part: DatasetArrays): Set<ArrayBufferLike> {
  return new Set(arraysOf(part).map(({ data }) => data.buffer));
}
