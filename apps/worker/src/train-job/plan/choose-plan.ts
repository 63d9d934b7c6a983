import { findPlan } from '@trainyard/database';
import { measurePlan, planToJson, planTraining, type PlanTrial, worthMeasuring, type Batch } from '@trainyard/engine';
import { sliceRows } from '@trainyard/ndarray';
import type { EventData } from '@trainyard/protocol';
import { blankBatch } from '../build-model.js';
import type { TrainingParts } from '../fit.js';
import { withPatience } from '../patience.js';
import { fingerprintOf } from './fingerprint.js';
import { machineClass } from './machine-class.js';

/**
 * The plan for a training, and how it came about: of a short training it follows from its size; of a long one it is what the
 * project's last training with the same fingerprint had, or what is fastest when several are tried.
 *
 * @param steps batches of all epochs together.
 * @throws the reason of `wishes.ending`, when that comes while plans are tried
 */
export async function choosePlan(parts: TrainingParts, { batchSize, steps }: { batchSize: number; steps: number }): Promise<EventData<'plan'>> {
  const { attempt, trainer, data } = parts;
  const { order, database } = attempt;
  const { model } = trainer.compiled;
  const machine = machineClass(order.spec.resources.device);
  const about = { fingerprint: fingerprintOf(order.spec, data.train, { batchSize, steps, machine }), machine, batch_size: batchSize, steps };
  if (!worthMeasuring(model, { batchSize, steps })) return { plan: planToJson(planTraining(model, { batchSize, steps })), basis: 'size', trials: [], ...about };
  const earlier = await withPatience(() => findPlan(database, order.project, about.fingerprint));
  if (earlier) return { plan: earlier, basis: 'remembered', trials: [], ...about };
  attempt.log('info', 'trying which way of training is the fastest');
  const { plan, trials } = await measurePlan(trainer, sampleBatch(parts, batchSize), steps, attempt.wishes.ending);
  return { plan: planToJson(plan), basis: trials.length > 0 ? 'measured' : 'size', trials: trials.map(presentTrial), ...about };
}

/** A batch like those of the training: its first rows, or of a stream zeros of their shapes. */
function sampleBatch({ attempt, trainer, data }: TrainingParts, batchSize: number): Batch {
  const { fit } = attempt.order.spec;
  const rows = data.loaded.train;
  if (!rows) return trainer.standardize(blankBatch(data.train, batchSize));
  const first = (arrays: typeof rows.x): typeof rows.x => arrays.map((array) => sliceRows(array, 0, Math.min(batchSize, array.shape[0] ?? 0)));
  const sampleWeight = rows.sampleWeight?.map((array) => array && sliceRows(array, 0, Math.min(batchSize, array.shape[0] ?? 0)));
  return trainer.standardize({ x: first(rows.x), y: first(rows.y), sampleWeight }, fit?.class_weight ?? undefined);
}

function presentTrial({ plan, msPerStep, firstMs, error }: PlanTrial): EventData<'plan'>['trials'][number] {
  return { plan: planToJson(plan), ms_per_step: msPerStep ?? null, first_ms: firstMs ?? null, ...(error !== undefined && { error }) };
}
