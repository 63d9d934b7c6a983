import { setTimeout as sleep } from 'node:timers/promises';
import { JobsApi, waitFor, type AppProcess } from '@trainyard/stack';
import { chaosSource, uploadChaosData } from '../jobs/chaos-data.js';
import { batchSize, networks } from '../jobs/models.js';
import { countFigure, durationFigure, textFigure, type Figure } from '../report/figures.js';
import { holdingsOf, probeArguments } from '../site/holdings.js';
import type { Site } from '../site/site.js';
import { slope } from '../slope.js';
import { ExpectedPredictions, rows } from './predictions/expected-predictions.js';
import { aliases, MovingAliases } from './predictions/moving-aliases.js';
import { promises, type PredictionsContext } from './predictions/promises.js';
import { questions, Traffic, type Answered } from './predictions/traffic.js';
import { defineTrial } from './trial.js';

export const predictions = defineTrial({
  name: 'predictions',
  title: 'ten minutes of predictions at 80 % of what the machine can do, of a job that trains and by aliases that move, predictors killed every ten seconds (half a minute at 20 % in a short run)',
  load: 'computes',
  onlyInFull: true,
  counts: { full: 60, short: 3 },
  promises,
  run: (context) => context.sites.with({}, (site) => predictUnderFire(context, site)),
});

const mebibyte = 2 ** 20;
/** Of what it can do, that is asked of it: in a short run, other trials run beside. */
const shares = { full: 0.8, short: 0.2 };
const limitClients = 32;
const limitSeconds = { full: 5, short: 2 };
/** Few models fit, so that they come and go. */
const predictorEnv = { PREDICTOR_CACHE_MB: '64' };

async function predictUnderFire(context: PredictionsContext, site: Site): Promise<Figure[]> {
  const { count, sizeOf, random, say } = context;
  const share = sizeOf(shares);
  const seconds = sizeOf(limitSeconds);
  // The first one is not killed: its memory is looked at.
  const predictors = await Promise.all([0, 1, 2].map((i) => site.processes.start('predictor', predictorEnv, i === 0 ? { execArgv: probeArguments } : {})));
  const env = { TRAINYARD_AUTH: 'off', PREDICTOR_URL: predictors.map(({ url }) => url).join(',') };
  const apps = await Promise.all([0, 1].map(() => site.processes.start('api', env, { execArgv: probeArguments })));
  const apis = apps.map(({ url }) => new JobsApi(url));
  const job = await trainOn(apis[0] as JobsApi, site);
  const moving = new MovingAliases(context, apis, job);
  await moving.begin();

  const judge = new Judge(context, new ExpectedPredictions(apis[0] as JobsApi, job));
  const names = [...aliases, job, `${job}@latest`, `${job}@best`];
  const ask = () => ({ url: random.pick(apps).url, question: random.pick(questions)(random.pick(names), Math.floor(random.next() * rows.length)) });
  const traffic = new Traffic(ask, (answered) => judge.look(answered));
  try {
    await traffic.measureLimit(limitClients, seconds); // every predictor loads its models
    const limit = await traffic.measureLimit(limitClients, seconds);
    say(`${limit.toFixed(0)} answers a second at most`);
    judge.begin();
    const samples: Sample[] = [];
    const asking = traffic.keepAsking(share * limit);
    const movingOn = moving.keepMoving();
    for (let kill = 1; kill <= count; kill++) {
      await sleep(random.between(6_000, 12_000));
      samples.push(await sampleOf(judge.calls, { api: apps[0] as AppProcess, predictor: predictors[0] as AppProcess }));
      const victim = random.pick(predictors.slice(1));
      await victim.kill();
      await sleep(random.between(200, 2_000));
      await victim.start();
      say(`${kill} of ${count} kills, ${judge.calls} calls, ${judge.refused} refused; live: API ${(samples.at(-1)!.api / mebibyte).toFixed(1)} MB, predictor ${(samples.at(-1)!.predictor / mebibyte).toFixed(1)} MB`);
    }
    traffic.stop();
    moving.stop();
    await Promise.all([asking, movingOn]);
    judge.end(samples);
    return [textFigure('asked a second, of what it could answer', `${(share * limit).toFixed(0)} of ${limit.toFixed(0)}`), ...judge.figures(samples), countFigure('aliases moved', moving.moves)];
  } finally {
    traffic.stop();
    moving.stop();
    traffic.close();
  }
}

/** What processes hold after so many calls. */
interface Sample {
  readonly calls: number;
  readonly api: number;
  readonly predictor: number;
  readonly rss: number;
}

async function sampleOf(calls: number, { api, predictor }: { api: AppProcess; predictor: AppProcess }): Promise<Sample> {
  const [ofApi, ofPredictor] = [await holdingsOf(api), await holdingsOf(predictor)];
  return { calls, api: ofApi.live, predictor: ofPredictor.live, rss: ofPredictor.rss };
}

/** Shares of the samples that are left out: a process grows until it has done everything once. */
const warmUp = 0.2;
/** In MB. Heaps that are collected differ by one or two. */
const most = 8;

/** Looks at every answer. */
class Judge {
  calls = 0;
  refused = 0;
  #tookMs: number[] = [];

  constructor(
    private readonly context: PredictionsContext,
    private readonly expected: ExpectedPredictions,
  ) {}

  /** From here on it counts. */
  begin(): void {
    [this.calls, this.refused, this.#tookMs] = [0, 0, []];
  }

  async look({ status, headers, body, question, tookMs }: Answered): Promise<void> {
    const { promises: kept } = this.context;
    this.calls++;
    this.#tookMs.push(tookMs);
    const where = `POST ${question.path}`;
    if (status === 200) {
      kept.check('answered', true, '', where);
      const fault = await this.expected.faultOf(String(headers['x-trainyard-checkpoint']), question.row, question.read(JSON.parse(body)));
      kept.check('right', fault === undefined, fault ?? '', where);
      return;
    }
    this.refused++;
    kept.check('answered', (status === 429 || status === 503) && headers['retry-after'] !== undefined, `${status}: ${body.slice(0, 300)}`, where);
  }

  end(samples: readonly Sample[]): void {
    const { promises: kept } = this.context;
    kept.check('refused', this.refused <= this.calls / 100, `${this.refused} of ${this.calls} calls`, 'all calls');
    for (const name of ['api', 'predictor'] as const) {
      const grown = growthOf(samples, name);
      kept.check('memory', grown <= most, `${grown.toFixed(2)} MB: ${samples.map((sample) => (sample[name] / mebibyte).toFixed(1)).join(', ')}`, name);
    }
  }

  figures(samples: readonly Sample[]): Figure[] {
    const [first, last] = [samples[Math.floor(warmUp * samples.length)], samples.at(-1)];
    return [
      countFigure('calls', this.calls),
      countFigure('refused for the moment', this.refused),
      durationFigure('an answer', this.#tookMs),
      countFigure('checkpoints that answered', this.expected.checkpoints),
      ...(['api', 'predictor'] as const).map((name) => textFigure(`growth of live memory, ${name === 'api' ? 'API' : name}`, `${growthOf(samples, name).toFixed(1)} MB`)),
      textFigure('resident memory of the predictor, at first and at last', `${Math.round((first?.rss ?? 0) / mebibyte)} and ${Math.round((last?.rss ?? 0) / mebibyte)} MB`),
    ];
  }
}

/** In MB, by the line that fits best. */
function growthOf(samples: readonly Sample[], name: 'api' | 'predictor'): number {
  const settled = samples.slice(Math.ceil(warmUp * samples.length));
  const calls = (settled.at(-1)?.calls ?? 0) - (settled[0]?.calls ?? 0);
  return (calls * slope(settled.map((sample) => ({ x: sample.calls, y: sample[name] })))) / mebibyte;
}

/** Trains for longer than the trial lasts, and saves each epoch, of some seconds. Returns once there are checkpoints to ask. */
async function trainOn(api: JobsApi, site: Site): Promise<string> {
  await uploadChaosData(api);
  await site.startWorker();
  const { model, loss } = networks.sequential;
  const { id } = await api.submit({
    ...{ model, seed: 5, compile: { optimizer: 'adam', loss } },
    data: { train: { ...chaosSource, x: 'x', y: 'y' }, validation: { ...chaosSource, x: 'x', y: 'y' } },
    fit_generator: { batch_size: batchSize, epochs: 100_000, steps_per_epoch: 5_000, validation_steps: 10, verbose: 0 },
    callbacks: [
      { class_name: 'ModelCheckpoint', config: { filepath: 'epoch-{epoch:05d}.h5' } },
      { class_name: 'ModelCheckpoint', config: { filepath: 'best-{epoch:05d}.h5', monitor: 'val_loss', save_best_only: true } },
    ],
  });
  await waitFor('checkpoints of some epochs', async () => ((await api.checkpoints(id)).length >= 4 ? true : undefined), { patienceMs: 120_000 });
  return id;
}
