/** Whether a description's `kerasVersion` (`3.15.1`, or `3` where the JSON does not say more) is Keras 3: some meanings are its own. */
export function isKeras3(kerasVersion: string): boolean {
  return kerasVersion.split('.')[0] === '3';
}
