import { z } from 'zod';

const batchSize = z.int().min(1).max(1_000_000);
const count = z.int().min(0).max(1_000_000_000);
const positive = z.int().min(1).max(1_000_000_000);
const classes = z.record(z.string().regex(/^\d+$/, 'expected a class number'), z.number().min(0));

/** Weight of each class (`{"0": 1, "1": 5}`), or one such dictionary for each output. */
export const ClassWeight = z.union([classes, z.record(z.string(), classes)]);
export type ClassWeight = z.infer<typeof ClassWeight>;

const initialEpochBelowEpochs = {
  check: (fit: { epochs: number; initial_epoch: number }) => fit.initial_epoch <= fit.epochs,
  message: { error: 'expected at most `epochs`: epochs are counted from 0 over the whole training', path: ['initial_epoch'] },
};

/** The arguments of Keras 2.0's `model.fit`, with its defaults. The data is held in memory. */
export const Fit = z
  .strictObject({
    batch_size: batchSize.default(32),
    epochs: count.default(1).meta({ description: 'The number of the epoch to end before, not how many to run.' }),
    validation_split: z.number().min(0).lt(1).default(0).meta({ description: 'The share of the last rows, before any shuffling, that is kept for validation.' }),
    shuffle: z.union([z.boolean(), z.literal('batch')]).default(true),
    class_weight: ClassWeight.nullable().default(null),
    initial_epoch: count.default(0),
    steps_per_epoch: positive.nullable().default(null),
    validation_steps: positive.nullable().default(null),
    verbose: z.int().min(0).max(2).default(1).meta({ description: '0: no progress in the logs; 1 and 2: one line an epoch.' }),
  })
  .refine(initialEpochBelowEpochs.check, initialEpochBelowEpochs.message)
  .meta({ id: 'Fit' });
export type Fit = z.infer<typeof Fit>;

/** The arguments of Keras 2.0's `model.fit_generator`. The source is streamed, pass after pass, and never held whole. */
export const FitGenerator = z
  .strictObject({
    steps_per_epoch: positive.nullable().default(null).meta({ description: 'Left out: one pass over the source, whose number of rows must then be known.' }),
    epochs: count.default(1),
    validation_steps: positive.nullable().default(null),
    class_weight: ClassWeight.nullable().default(null),
    max_queue_size: z.int().min(1).max(10_000).default(10).meta({ description: 'Batches whose rows are read ahead, at least.' }),
    workers: z.int().min(1).max(64).default(1).meta({ description: 'Threads that read and decode, at most as many as there are processors. The batches are the same for any number.' }),
    initial_epoch: count.default(0),
    shuffle: z.boolean().default(true),
    batch_size: batchSize.default(32),
    verbose: z.int().min(0).max(2).default(1),
  })
  .refine(initialEpochBelowEpochs.check, initialEpochBelowEpochs.message)
  .meta({ id: 'FitGenerator' });
export type FitGenerator = z.infer<typeof FitGenerator>;
