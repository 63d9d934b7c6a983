import type { Random } from '../random.js';
import { write, type Call, type WrittenCall } from './call.js';
import { changeBytes } from './change-bytes.js';
import { changeJson } from './change-json.js';

/** How likely it is that one more thing is changed. */
const again = 0.3;

/** One of the calls, with one thing changed or a few: some are right all the same. */
export function hostileCall(calls: readonly Call[], random: Random): WrittenCall {
  let call = random.pick(calls);
  if (call.json !== undefined && random.next() < 0.6) {
    do call = { ...call, json: changeJson(call.json ?? null, random) };
    while (random.next() < again);
    if (random.next() > 0.1) return write(call);
  }
  let written = write(call);
  do written = changeBytes(written, random);
  while (random.next() < again);
  return written;
}
