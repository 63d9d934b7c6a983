import { getJobSpec } from '@trainyard/database';
import { parseModel, writeModelJson } from '@trainyard/keras-format';
import type { PredictorRequest } from '@trainyard/protocol';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import { BriefCache } from '../http/brief-cache.js';
import { chooseCheckpoint } from './find-checkpoint.js';
import { loadJob } from './load-job.js';

/** What a predictor has to know of the checkpoint that a request means. */
export interface PredictTarget extends Pick<PredictorRequest, 'job' | 'checkpoint' | 'model'> {
  /** The object with what the job found out about its data; null while it has not. */
  readonly dataKey: string | null;
}

type Request = FastifyRequest & { params: { id: string } };

/** Some have a model's JSON with them. */
const maxKept = 1_000;

/**
 * Finds the checkpoints of predict calls, of which there may be thousands a second: what the database says is believed for
 * five seconds. So long `latest` and `best` may be those before.
 */
export class PredictTargets {
  readonly #known = new BriefCache<PredictTarget>(maxKept);

  constructor(private readonly deps: Deps) {}

  /**
   * @param ref of the checkpoint; without one `final`, or `latest` while there is none
   * @throws ApiError `not_found`
   */
  find(request: Request, ref: string | undefined): Promise<PredictTarget> {
    return this.#known.get(keyOf(request, ref), () => this.#load(request, ref));
  }

  /** The same, as the database has it now. */
  findAnew(request: Request, ref: string | undefined): Promise<PredictTarget> {
    this.#known.forget(keyOf(request, ref));
    return this.find(request, ref);
  }

  /** The same, with a `dataKey` where the job has one by now. */
  async findWithData(request: Request, ref: string | undefined): Promise<PredictTarget> {
    const target = await this.find(request, ref);
    return target.dataKey === null ? this.findAnew(request, ref) : target;
  }

  async #load(request: Request, ref: string | undefined): Promise<PredictTarget> {
    const job = await loadJob(this.deps, request);
    const { id, kind, key, sha256 } = await chooseCheckpoint(this.deps, job, ref);
    const model = kind === 'model' ? null : writeModelJson(parseModel((await getJobSpec(this.deps.database, job.id)).architecture));
    return { job: job.id, checkpoint: { id, kind, key, sha256 }, model, dataKey: job.dataKey };
  }
}

const keyOf = ({ projectId, params }: Request, ref = ''): string => `${projectId} ${params.id} ${ref}`;
