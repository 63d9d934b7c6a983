/**
 * What a frozen BatchNormalization does in training: up to Keras 2.1.2 what any other does; up to 2.3 it uses the batch's
 * statistics and leaves the averages alone; from TensorFlow's Keras and 2.4 on it uses the averages, as in prediction.
 */
export function frozenNormalization(kerasVersion: string): 'trains' | 'keeps_averages' | 'predicts' {
  const [major, minor, patch] = numbersOf(kerasVersion);
  if (major >= 3 || kerasVersion.includes('tf') || (major === 2 && minor >= 4)) return 'predicts';
  return major === 2 && (minor > 1 || (minor === 1 && patch >= 3)) ? 'keeps_averages' : 'trains';
}

/** Whether a description's `kerasVersion` (`3.15.1`, or `3` where the JSON does not say more) is Keras 3: some meanings are its own. */
export function isKeras3(kerasVersion: string): boolean {
  return kerasVersion.split('.')[0] === '3';
}

/** Whether a description's `kerasVersion` is that of a tf-keras whose optimizers are Keras 3's: since 2.11. */
export function isTfKeras(kerasVersion: string): boolean {
  const [major, minor] = numbersOf(kerasVersion);
  return major === 2 && minor >= 11;
}

/** Whether its optimizers are those that tf-keras calls legacy since 2.11: TensorFlow's own Keras before that. */
export function hasLegacyOptimizers(kerasVersion: string): boolean {
  const [major, minor] = numbersOf(kerasVersion);
  return major === 2 && minor < 11 && (minor >= 4 || kerasVersion.includes('tf'));
}

/** Whether it is genuine Keras 2.3, the last one that is not TensorFlow's: its optimizers are 2.0's, and call `lr` `learning_rate`. */
export function isKeras23(kerasVersion: string): boolean {
  return /^2\.3\.\d+$/.test(kerasVersion);
}

/** Whether it writes a metric that is a function as a `MeanMetricWrapper` of it: TensorFlow's Keras since 2.4. */
export function wrapsFunctions(kerasVersion: string): boolean {
  const [major, minor] = numbersOf(kerasVersion);
  return major === 2 && minor >= 4;
}

function numbersOf(kerasVersion: string): [major: number, minor: number, patch: number] {
  const [major = 2, minor = 0, patch = 0] = kerasVersion.split('.').map((part) => Number.parseInt(part, 10));
  return [major, minor, patch];
}
