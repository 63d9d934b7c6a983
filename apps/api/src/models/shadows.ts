import { countShadow, type ShadowOutcome } from '@trainyard/database';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import { compareAnswers } from './compare-answers.js';
import type { ServedVersion } from './find-model.js';
import { predictFrom, type Asked, type Prediction } from './predict-from.js';
import type { Target } from './target.js';

/** Shadows that are asked at the same time: each holds a request and an answer, and takes a predictor's time. */
const mostUnderWay = 8;
/** How long a server that closes waits for them. */
const patienceMs = 5_000;

type Outcomes = Record<ShadowOutcome['kind'], number>;

/** Asks shadows what others have answered, and counts how they compare. Nobody waits for them. */
export class Shadows {
  readonly #underWay = new Set<Promise<void>>();
  readonly #outcomes: Outcomes = { equal: 0, different: 0, failed: 0, skipped: 0 };

  constructor(private readonly deps: Deps) {}

  /** Since this process began. */
  get outcomes(): Readonly<Outcomes> {
    return this.#outcomes;
  }

  ask(request: Pick<FastifyRequest, 'projectId' | 'log'>, version: ServedVersion, shadow: Target, asked: Asked, answered: Prediction): void {
    const { projectId, log } = request;
    const work = this.#underWay.size < mostUnderWay ? this.#compare(request, version, shadow, asked, answered) : Promise.resolve<ShadowOutcome>({ kind: 'skipped' });
    const counted = work
      .then((outcome) => {
        this.#outcomes[outcome.kind]++;
        return countShadow(this.deps.database, { projectId, name: version.name, version: version.version }, outcome);
      })
      .catch((error: unknown) => log.warn({ err: error, model: version.name }, 'what came of a shadow could not be counted'))
      .finally(() => this.#underWay.delete(counted));
    this.#underWay.add(counted);
  }

  /** Once all that are under way have been counted, or it took too long. */
  async settled(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([Promise.all(this.#underWay), tooLate]);
    clearTimeout(timer);
  }

  async #compare({ projectId, log }: Pick<FastifyRequest, 'projectId' | 'log'>, { name, version }: ServedVersion, shadow: Target, asked: Asked, answered: Prediction): Promise<ShadowOutcome> {
    const about = { model: name, version, checkpoint: shadow.checkpointId };
    try {
      const { differs, largest } = compareAnswers(answered, await predictFrom(this.deps, projectId, shadow, asked));
      if (differs) log.info({ ...about, maxDifference: largest }, 'a shadow answers otherwise');
      return { kind: differs ? 'different' : 'equal', maxDifference: largest };
    } catch (error) {
      log.warn({ ...about, err: error }, 'a shadow did not answer');
      return { kind: 'failed' };
    }
  }
}
