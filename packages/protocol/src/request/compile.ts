import { z } from 'zod';
import { JsonObject } from '../json.js';

/** An optimizer by name, or as Keras's `optimizers.serialize` gives it (Keras 3 adds `module` and `registered_name`). */
export const OptimizerSpec = z.union([
  z.string().min(1),
  z.strictObject({
    class_name: z.string().min(1),
    config: JsonObject.default({}),
    module: z.string().nullish(),
    registered_name: z.string().nullish(),
  }),
]);
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;

const LossName = z.string().min(1).nullable();
const MetricNames = z.union([z.string().min(1), z.array(z.string().min(1))]);
const perOutput = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

/** The arguments of Keras's `model.compile`; lists are in the order of the model's outputs. */
export const Compile = z
  .strictObject({
    optimizer: OptimizerSpec,
    /** `null` in a list or a dictionary: that output has no loss. */
    loss: z.union([z.string().min(1), z.array(LossName).min(1), perOutput(LossName)]),
    metrics: z.union([z.array(z.string().min(1)), perOutput(MetricNames)]).nullable().default([]),
    loss_weights: z.union([z.array(z.number()), perOutput(z.number())]).nullable().default(null),
    sample_weight_mode: z
      .union([z.literal('temporal'), z.array(z.literal('temporal').nullable()), perOutput(z.literal('temporal').nullable())])
      .nullable()
      .default(null),
    weighted_metrics: z.union([z.array(z.string().min(1)), perOutput(MetricNames)]).nullable().default(null),
  })
  .meta({ id: 'Compile' });
export type Compile = z.infer<typeof Compile>;
