import { JobId } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import { BriefCache } from '../http/brief-cache.js';
import { jobNotFound } from '../jobs/load-job.js';
import { findVersion, type Named, type ServedVersion } from './find-model.js';
import { withModel } from './with-model.js';

/** Some have a model's JSON with them. */
const maxKept = 1_000;

/**
 * What answers predict calls, of which there may be thousands a second: what the database says is believed for five seconds. So
 * long `latest` and `best` may be those before, and an alias the version that answered before another process moved it; whoever
 * moves one here says so.
 */
export class ServedModels {
  readonly #known = new BriefCache<ServedVersion>(maxKept);

  constructor(private readonly deps: Deps) {}

  /** @throws ApiError `not_found` */
  find(named: Named): Promise<ServedVersion> {
    return this.#known.get(keyOf(named), () => this.#load(named));
  }

  /** The same, as the database has it now. */
  findAnew(named: Named): Promise<ServedVersion> {
    this.#known.forget(keyOf(named));
    return this.find(named);
  }

  /** An alias has moved, or lost versions: the next request sees it. */
  forget({ projectId, name }: Pick<Named, 'projectId' | 'name'>): void {
    this.#known.forgetAll(`${projectId} ${name} `);
  }

  async #load(named: Named): Promise<ServedVersion> {
    const { split, shadow, ...version } = await findVersion(this.deps, named);
    return {
      ...version,
      split: await Promise.all(split.map(async (target) => ({ ...(await withModel(this.deps, target)), weight: target.weight }))),
      shadow: shadow && (await withModel(this.deps, shadow)),
    };
  }
}

/**
 * A job by its id alone, where no alias may be meant.
 *
 * @param ref of the checkpoint; without one `final`, or `latest` while there is none
 * @throws ApiError `not_found`
 */
export function jobNamed(projectId: string, id: string, ref: string | undefined): Named {
  if (!JobId.safeParse(id).success) throw jobNotFound(id);
  return { projectId, name: ref === undefined ? id : `${id}@${ref}` };
}

const keyOf = ({ projectId, name, version = '' }: Named): string => `${projectId} ${name} ${version}`;
