import { childKill } from './child-kill.js';
import { endurance } from './endurance.js';
import { hostileBodies } from './hostile-bodies.js';
import { idempotency } from './idempotency.js';
import { memory } from './memory.js';
import { outages } from './outages.js';
import { predictions } from './predictions.js';
import { processKill } from './process-kill.js';
import { staleWorker } from './stale-worker.js';
import type { Trial } from './trial.js';
import { wishes } from './wishes.js';

/** In the order in which they are told. */
export const trials: readonly Trial[] = [childKill, processKill, staleWorker, outages, idempotency, wishes, memory, endurance, hostileBodies, predictions];
