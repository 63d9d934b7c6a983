import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import { compareAnswers } from './compare-answers.js';
import type { ServedVersion } from './find-model.js';
import { predictFrom, type Asked, type Prediction } from './predict-from.js';
import { ShadowCounts, type ShadowOutcome } from './shadow-counts.js';
import type { ServedTarget } from './target.js';

/** Shadows that are asked at the same time: each holds a request and an answer, and takes a predictor's time. */
const mostUnderWay = 8;
/** How long a server that closes waits for them. */
const patienceMs = 5_000;

type Outcomes = Record<ShadowOutcome['kind'], number>;
type Request = Pick<FastifyRequest, 'projectId' | 'log'>;

/** Asks shadows what others have answered, and counts how they compare. Nobody waits for them. */
export class Shadows {
  readonly #underWay = new Set<Promise<void>>();
  readonly #outcomes: Outcomes = { equal: 0, different: 0, failed: 0, skipped: 0 };
  readonly #counts: ShadowCounts;

  constructor(
    private readonly deps: Deps,
    log: FastifyBaseLogger,
  ) {
    this.#counts = new ShadowCounts(deps.database, (error) => log.warn({ err: error }, 'what came of shadows could not be counted'));
  }

  /** Since this process began. */
  get outcomes(): Readonly<Outcomes> {
    return this.#outcomes;
  }

  ask(request: Request, version: ServedVersion, shadow: ServedTarget, asked: Asked, answered: Prediction): void {
    const count = (outcome: ShadowOutcome): void => {
      this.#outcomes[outcome.kind]++;
      this.#counts.add({ projectId: request.projectId, name: version.name, version: version.version }, outcome);
    };
    if (this.#underWay.size >= mostUnderWay) return count({ kind: 'skipped' });
    const work = this.#compare(request, version, shadow, asked, answered).then(count).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Once all that are under way have been counted, or it took too long. */
  async settled(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([Promise.all(this.#underWay).then(() => this.#counts.written()), tooLate]);
    clearTimeout(timer);
  }

  async #compare({ projectId, log }: Request, { name, version }: ServedVersion, shadow: ServedTarget, asked: Asked, answered: Prediction): Promise<ShadowOutcome> {
    const about = { model: name, version, checkpoint: shadow.checkpointId };
    try {
      const { differs, largest } = compareAnswers(answered, await predictFrom(this.deps, projectId, shadow, asked, undefined));
      if (differs) log.info({ ...about, maxDifference: largest }, 'a shadow answers otherwise');
      return { kind: differs ? 'different' : 'equal', maxDifference: largest };
    } catch (error) {
      log.warn({ ...about, err: error }, 'a shadow did not answer');
      return { kind: 'failed' };
    }
  }
}
