import { z } from 'zod';
import { JsonObject } from '../json.js';

/** What Keras's `serialize` gives of an optimizer, a loss or a metric (Keras 3 adds `module` and `registered_name`). */
const Serialized = z.strictObject({
  class_name: z.string().min(1),
  config: JsonObject.default({}),
  module: z.string().nullish(),
  registered_name: z.string().nullish(),
});

/** An optimizer by name, or serialized. */
export const OptimizerSpec = z.union([z.string().min(1), Serialized]);
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;

/** By name, or serialized as later Keras saves the instances of its classes. */
const Named = z.union([z.string().min(1), Serialized]);
const LossName = Named.nullable();
const MetricNames = z.union([Named, z.array(Named)]);
const perOutput = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

/** The arguments of Keras's `model.compile`; lists are in the order of the model's outputs. */
export const Compile = z
  .strictObject({
    optimizer: OptimizerSpec,
    loss: z.union([Named, z.array(LossName).min(1), perOutput(LossName)]).meta({ description: '`null` in a list or a dictionary: that output has no loss.' }),
    metrics: z.union([z.array(MetricNames.nullable()), perOutput(MetricNames)]).nullable().default([]).meta({ description: 'A list for every output; a list of lists, one for each; or by name.' }),
    loss_weights: z.union([z.array(z.number()), perOutput(z.number())]).nullable().default(null),
    sample_weight_mode: z
      .union([z.literal('temporal'), z.array(z.literal('temporal').nullable()), perOutput(z.literal('temporal').nullable())])
      .nullable()
      .default(null),
    weighted_metrics: z.union([z.array(MetricNames.nullable()), perOutput(MetricNames)]).nullable().default(null),
  })
  .meta({ id: 'Compile' });
export type Compile = z.infer<typeof Compile>;
