const firstWaitMs = 5_000;
const factor = 3;
const longestWaitMs = 6 * 3_600_000;
/** 5 s, 15 s, 45 s, 2 min, 7 min, 20 min, 1 h, 3 h, 6 h, 6 h, 6 h between them: 22.6 hours, give or take a fifth. */
const mostTries = 12;
const jitter = 0.2;

/**
 * How long to wait after a try that failed.
 *
 * @param tries how many there have been.
 * @param retryAfterMs what the receiver asked for.
 * @param random from 0 to 1: so that deliveries which failed together do not come back together.
 * @returns milliseconds; undefined: it is given up.
 */
export function waitAfter(tries: number, retryAfterMs = 0, random: number = Math.random()): number | undefined {
  if (tries >= mostTries) return undefined;
  const wait = Math.min(firstWaitMs * factor ** (tries - 1), longestWaitMs) * (1 + jitter * (2 * random - 1));
  return Math.round(Math.max(wait, Math.min(retryAfterMs, longestWaitMs)));
}
