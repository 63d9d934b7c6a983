import type { InferenceOrder } from '../messages.js';
import type { Attempt } from '../train-job/attempt.js';
import type { Outcome } from '../train-job/outcome.js';
import { windUp } from '../train-job/wind-up.js';

/**
 * Runs an attempt of an evaluation, or of predictions, from its first stage to its end; nothing is left to do where an earlier one
 * has stored the result. Whatever happens is an outcome: this does not throw.
 */
export async function inferJob<Order extends InferenceOrder>(attempt: Attempt<Order>, infer: (attempt: Attempt<Order>) => Promise<void>): Promise<Outcome> {
  try {
    if (attempt.order.result === null) await infer(attempt);
    return { status: 'succeeded', stopReason: 'completed' };
  } catch (error) {
    return windUp(attempt, error);
  }
}
