import { decodeNpz, encodeNpz, sliceRows } from '@trainyard/ndarray';
import { readDigits } from '../digits/read-digits.mjs';

const rowsPerShard = 160;
const trainShards = 9;
const side = 8;

/**
 * The digits in files of 160 rows: nine to train on, three to validate on.
 *
 * @returns {Promise<Map<string, Uint8Array>>} files by name
 */
export async function makeData() {
  const { x, y } = await readDigits();
  const files = new Map();
  for (let shard = 0; shard * rowsPerShard < x.shape[0]; shard++) {
    const [start, end] = [shard * rowsPerShard, Math.min(x.shape[0], (shard + 1) * rowsPerShard)];
    const name = `${shard < trainShards ? 'train' : 'validation'}/${String(shard).padStart(2, '0')}.npz`;
    files.set(name, encodeNpz([['x', sliceRows(x, start, end)], ['y', sliceRows(y, start, end)]]));
  }
  return files;
}

/** Some of the rows, as a predict call with `raw` takes them: images of lines of pixels of one grey level each. */
export function rawRows(files, count) {
  const levels = Array.from(decodeNpz(files.get('train/00.npz')).get('x').data.subarray(0, count * side * side), (level) => [level]);
  const inParts = (list) => Array.from({ length: list.length / side }, (_, i) => list.slice(i * side, (i + 1) * side));
  return inParts(inParts(levels));
}
