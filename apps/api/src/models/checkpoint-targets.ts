import type { FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import { BriefCache } from '../http/brief-cache.js';
import { chooseCheckpoint } from '../jobs/find-checkpoint.js';
import { loadTraining } from '../jobs/load-job.js';
import { modelOf } from './predict-from.js';
import { targetOf, type Target } from './target.js';

type Request = FastifyRequest & { params: { id: string } };

/** Some have a model's JSON with them. */
const maxKept = 1_000;

/**
 * Finds the checkpoints of predict calls, of which there may be thousands a second: what the database says is believed for
 * five seconds. So long `latest` and `best` may be those before.
 */
export class CheckpointTargets {
  readonly #known = new BriefCache<Target>(maxKept);

  constructor(private readonly deps: Deps) {}

  /**
   * @param ref of the checkpoint; without one `final`, or `latest` while there is none
   * @throws ApiError `not_found`
   */
  find(request: Request, ref: string | undefined): Promise<Target> {
    return this.#known.get(keyOf(request, ref), () => this.#load(request, ref));
  }

  /** The same, as the database has it now. */
  findAnew(request: Request, ref: string | undefined): Promise<Target> {
    this.#known.forget(keyOf(request, ref));
    return this.find(request, ref);
  }

  /** The same, with a `dataKey` where the job has one by now. */
  async findWithData(request: Request, ref: string | undefined): Promise<Target> {
    const target = await this.find(request, ref);
    return target.dataKey === null ? this.findAnew(request, ref) : target;
  }

  async #load(request: Request, ref: string | undefined): Promise<Target> {
    const job = await loadTraining(this.deps, request);
    const target = targetOf(job, await chooseCheckpoint(this.deps, job, ref));
    return { ...target, modelJson: await modelOf(this.deps, target) };
  }
}

const keyOf = ({ projectId, params }: Request, ref = ''): string => `${projectId} ${params.id} ${ref}`;
