import { z } from 'zod';
import { DeadlineMs, TopK } from '../predict/predict.js';

// The Open Inference Protocol, version 2.

/** The protocol's element types, with Triton's BF16. */
export const datatypes = ['BOOL', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64', 'FP16', 'BF16', 'FP32', 'FP64', 'BYTES'] as const;
export const Datatype = z.enum(datatypes);
export type Datatype = z.infer<typeof Datatype>;

/** The header that tells how many bytes of a body are its JSON; binary tensors follow. */
export const inferenceHeader = 'inference-header-content-length';

/** Shared memory is a server's on the same machine: it would change where the answer is. */
const unsupported = (name: string) => z.unknown().refine((value) => value === undefined, { error: `expected no ${name}: it is not supported here` }).optional();
const sharedMemory = { shared_memory_region: unsupported('shared memory') };

/** What is not known is for other servers, and left alone, as the protocol has it. */
const InputParameters = z.looseObject({ binary_data_size: z.int().min(0).optional(), ...sharedMemory });
const OutputParameters = z.looseObject({ binary_data: z.boolean().optional(), /** Triton's word for `top_k`. */ classification: TopK.optional(), ...sharedMemory });
/** `top_k` and `deadline_ms` as of `PredictBody`. Classes are answered as BYTES: `score:index`, or `score:index:class`. */
const RequestParameters = z.looseObject({ binary_data_output: z.boolean().optional(), top_k: TopK.optional(), deadline_ms: DeadlineMs.optional() });

export const InferInput = z.strictObject({
  name: z.string(),
  shape: z.array(z.int().min(0)).max(32),
  datatype: Datatype,
  parameters: InputParameters.optional(),
  /** Flat or nested lists in C order; left out where `parameters.binary_data_size` says that bytes follow the JSON. */
  data: z.unknown().optional(),
});
export type InferInput = z.output<typeof InferInput>;

/** The JSON of `POST /v2/models/{name}/infer`. */
export const InferRequest = z
  .strictObject({
    id: z.string().max(1024).optional(),
    parameters: RequestParameters.optional(),
    inputs: z.array(InferInput).min(1).max(1000),
    /** Default: all, in the model's order. */
    outputs: z.array(z.strictObject({ name: z.string(), parameters: OutputParameters.optional() })).max(1000).optional(),
    // Said in the path already; some clients repeat them.
    model_name: z.string().optional(),
    model_version: z.string().nullable().optional(),
  })
  .meta({ id: 'InferRequest' });
export type InferRequest = z.output<typeof InferRequest>;

export const InferOutput = z.object({
  name: z.string(),
  shape: z.array(z.int()),
  datatype: Datatype,
  parameters: z.object({ binary_data_size: z.int() }).optional(),
  /** Flat, in C order: numbers, which where JSON has none are `"NaN"`, `"Infinity"`, `"-Infinity"`; or texts. */
  data: z.unknown().optional(),
});
export type InferOutput = z.infer<typeof InferOutput>;

/** The JSON of the answer. */
export const InferAnswer = z
  .object({ id: z.string().optional(), model_name: z.string(), model_version: z.string(), outputs: z.array(InferOutput) })
  .meta({ id: 'InferAnswer' });
export type InferAnswer = z.infer<typeof InferAnswer>;

const TensorMetadata = z.object({ name: z.string(), datatype: Datatype, /** -1: any size. */ shape: z.array(z.int()) });

/** `GET /v2/models/{name}` */
export const InferModelMetadata = z
  .object({ name: z.string(), versions: z.array(z.string()), platform: z.string(), inputs: z.array(TensorMetadata), outputs: z.array(TensorMetadata) })
  .meta({ id: 'InferModelMetadata' });
export type InferModelMetadata = z.infer<typeof InferModelMetadata>;

/** `GET /v2` */
export const InferServerMetadata = z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }).meta({ id: 'InferServerMetadata' });
