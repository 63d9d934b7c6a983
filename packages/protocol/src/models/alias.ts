import { z } from 'zod';
import { JobId } from '../ids.js';
import { CheckpointRef } from '../request/model.js';

/** What an alias may be called. Job ids begin with `job_`, and URLs cannot name `.` and `..`. */
export const AliasName = z
  .string()
  .regex(/^[a-z0-9._-]{1,63}$/, 'expected 1 to 63 of the characters a-z, 0-9, ".", "_" and "-"')
  .refine((name) => !name.startsWith('job_'), { error: 'expected a name that does not begin with "job_", as ids of jobs do' })
  .refine((name) => !/^\.{1,2}$/.test(name), { error: 'expected a name that is not "." or "..", which no URL can hold' });

const FromJob = z.strictObject({
  job: JobId,
  checkpoint: CheckpointRef.optional().meta({ description: 'Default: `final`, or `latest` while there is none. The alias keeps to the very checkpoint that this means now.' }),
});

/** A whole saved model, `.h5` or `.keras`, which need not have been compiled. The alias keeps a copy. */
const FromFile = z.strictObject({ uri: z.string().max(2048).regex(/^files\/.+$/s, 'expected "files/<path>"') });

/** Of all requests, the part that is this weight's of the sum. */
const weight = z.number().positive().max(1_000_000);

/** Also asked; its answer is compared and dropped. */
const shadow = z.union([FromJob, FromFile]).nullable().default(null);

/** The body of `PUT /v1/models/{name}`: what answers under the name. */
export const AliasBody = z
  .union([
    FromJob.extend({ shadow }),
    FromFile.extend({ shadow }),
    z.strictObject({ split: z.array(z.union([FromJob.extend({ weight }), FromFile.extend({ weight })])).min(1).max(16), shadow }),
  ])
  .meta({ id: 'AliasBody' });
export type AliasBody = z.output<typeof AliasBody>;
export type AliasBodyInput = z.input<typeof AliasBody>;

/** One checkpoint, or file, as the body names it. */
export type AliasTargetBody = z.output<typeof FromJob> | z.output<typeof FromFile>;

/** The body of `POST /v1/models/{name}/rollback`. */
export const RollbackBody = z.strictObject({
  version: z.int().min(1).optional().meta({ description: 'Default: the newest one before that which answers now.' }),
});
