import { z } from 'zod';
import { Warning } from './job/job.js';
import { Problem } from './errors/problem.js';

const Shape = z.array(z.int().nullable());

/** The answer of `POST /v1/models:validate`. */
export const ValidationResource = z
  .object({
    valid: z.boolean(),
    errors: Problem.shape.errors,
    warnings: z.array(Warning),
    layers: z.array(
      z.object({
        name: z.string(),
        class_name: z.string(),
        output_shapes: z.array(Shape).meta({ description: "One shape an output of the layer's first node; the batch dimension is null." }),
        params: z.number().meta({ description: 'May be beyond what a job may have: a model is checked whatever its size.' }),
      }),
    ),
    total_params: z.number().nullable(),
    trainable_params: z.number().nullable(),
    memory: z.object({ train_bytes: z.number(), predict_bytes: z.number() }).nullable().meta({ description: "Resident bytes of a process that trains on, or predicts, batches of the job's size (32 for a model alone), by shapes alone." }),
  })
  .meta({ id: 'Validation' });
export type ValidationResource = z.infer<typeof ValidationResource>;
