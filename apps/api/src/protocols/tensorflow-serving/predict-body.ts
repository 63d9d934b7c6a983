import { PredictBody } from '@trainyard/protocol';
import { z } from 'zod';

const [rows, columns] = PredictBody.options;
// Serving takes an empty name for the default one.
const signature = { signature_name: z.enum(['serving_default', '']).optional() };

/** The body of a `:predict`: that of a job's, whose checkpoint the name has told. */
export const ServingPredictBody = z.union([rows.omit({ checkpoint: true }).extend(signature), columns.omit({ checkpoint: true }).extend(signature)]).meta({ id: 'ServingPredictBody' });

/** The answer, without what Serving's clients do not know. */
export const ServingPredictAnswer = z.union([z.object({ predictions: z.array(z.unknown()) }), z.object({ outputs: z.unknown() })]).meta({ id: 'ServingPredictAnswer' });
