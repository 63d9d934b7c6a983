import type { NativeLibrary } from './native.js';

/**
 * `absl::SetMinLogLevel`, under the name of the Abseil release that TensorFlow 2.21 is built with. The C API has no way
 * to say it, and `TF_CPP_MIN_LOG_LEVEL` does not reach the lines that TensorFlow logs before its log is initialised
 * (“oneDNN custom operations are on …”), which only Python's front end would do.
 */
const SET_MIN_LOG_LEVEL = '_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE';
const ERROR = 2;

/** Keeps TensorFlow's chatter off standard error, errors excepted. A library without that symbol chats. */
export function quiet(library: NativeLibrary): void {
  if (!library.has(SET_MIN_LOG_LEVEL)) return;
  library.declare<(level: number) => void>(`void ${SET_MIN_LOG_LEVEL}(int)`)(ERROR);
}
