/** What an event file is called; see `eventFileName`. */
export interface EventFileNameParts {
  /** Seconds since 1970. TensorBoard reads a folder's files in the order of their names. */
  readonly wallTime: number;
  /** Who wrote it; TensorBoard shows it nowhere. Characters other than letters, digits and `.-_` become `-`. */
  readonly host: string;
  /** Tells files of the same second and host apart: here the job's attempt. */
  readonly suffix?: string | number;
}

/**
 * `events.out.tfevents.<seconds>.<host>[.<suffix>]`, as TensorFlow names them: TensorBoard looks for `tfevents` in the
 * name, and sorts by it (ten digits, so that the order of text is that of time).
 */
export function eventFileName({ wallTime, host, suffix }: EventFileNameParts): string {
  const seconds = String(Math.floor(wallTime)).padStart(10, '0');
  const tail = suffix === undefined ? '' : `.${clean(String(suffix))}`;
  return `events.out.tfevents.${seconds}.${clean(host) || 'localhost'}${tail}`;
}

function clean(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, '-');
}
