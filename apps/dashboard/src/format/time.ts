/** `0.4 s`, `12 s`, `3 m 20 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** How long ago that was: `just now`, `3 m ago`. */
export function formatAge(timestamp: string, now: number = Date.now()): string {
  const seconds = (now - Date.parse(timestamp)) / 1000;
  if (seconds < 10) return 'just now';
  const [count, unit] = seconds < 60 ? [seconds, 's'] : seconds < 3600 ? [seconds / 60, 'm'] : seconds < 86_400 ? [seconds / 3600, 'h'] : [seconds / 86_400, 'd'];
  return `${Math.floor(count)} ${unit} ago`;
}

/** In the user's own time zone and manner. */
export const formatTime = (timestamp: string): string => new Date(timestamp).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The time of day alone, to the second. */
export const formatClock = (timestamp: string): string => new Date(timestamp).toLocaleTimeString(undefined, { hour12: false });

/** Seconds that a job has run, or ran; undefined before it starts. */
export function runningSeconds({ started_at: start, finished_at: end }: { started_at: string | null; finished_at: string | null }, now: number = Date.now()): number | undefined {
  return start === null ? undefined : ((end === null ? now : Date.parse(end)) - Date.parse(start)) / 1000;
}
