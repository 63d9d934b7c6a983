import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { PeerPackages } from '../contenders/peers.js';
import { BenchService, type StartService } from '../jobs/service.js';
import { LoadClient, type LoadFigures, type RequestFile } from './load/load-client.js';
import type { ServedName } from './served-names.js';
import { comparedModels, imageModel, largeModel, type ServedModel } from './served-models.js';
import { type ModelServer, type PredictRequest, type ServerName } from './servers/model-server.js';
import { PythonServer } from './servers/python-server.js';
import { TrainyardServer, type TensorWay, tensorWays } from './servers/trainyard-server.js';

export interface PredictOptions {
  /** Of the other servers; without them Trainyard is measured alone. */
  readonly packages: PeerPackages | undefined;
  readonly models: readonly ServedName[];
  readonly rounds: number;
  /** How long a server is asked, by one client and again by many, in each round. */
  readonly seconds: number;
  /** Share of the full sizes. */
  readonly scale: number;
  readonly say: (text: string) => void;
}

/** What one server did in one round. */
export interface Round {
  readonly alone: LoadFigures;
  readonly many: LoadFigures;
}

export interface PredictRun {
  readonly clients: number;
  /** By model, then by server: its rounds. */
  readonly compared: readonly { readonly model: string; readonly title: string; readonly servers: Readonly<Partial<Record<ServerName, readonly Round[]>>> }[];
  /** Milliseconds of each round. */
  readonly tensors: { readonly images: number; readonly ms: Readonly<Record<TensorWay, readonly number[]>> };
  readonly cold: { readonly mib: number; readonly ms: readonly number[] };
}

const CLIENTS = 64;
/** Before each load, and before the first one of a server: graphs for batches of many sizes are traced then. */
const WARM_UP_SECONDS = 1;
const FIRST_SECONDS = 8;
const IMAGES = 32;
const LARGE_MIB = 100;
/** What one server may answer otherwise than another: the last bits of float32. */
const TOLERANCE = 1e-5;

/** Predictions through HTTP. All servers run while it lasts; one is asked at a time, in turns. */
export async function runPredict(start: StartService, env: NodeJS.ProcessEnv, options: PredictOptions, startClient = () => new LoadClient(env)): Promise<PredictRun> {
  const say = (text: string): void => options.say(`predict: ${text}`);
  say('starting a service');
  const service = await BenchService.start(start, { ...env, CUDA_VISIBLE_DEVICES: '-1' });
  const client = startClient();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-predict-'));
  const bench = new PredictBench(client, service, folder, { ...options, say });
  try {
    const compared = await bench.compare(env);
    return { clients: CLIENTS, compared, tensors: await bench.timeTensors(), cold: await bench.timeColdLoads() };
  } finally {
    await client.close();
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class PredictBench {
  #files = 0;
  readonly #trainyard: TrainyardServer;
  readonly #alone: TrainyardServer;

  constructor(
    private readonly client: LoadClient,
    service: BenchService,
    private readonly folder: string,
    private readonly options: PredictOptions,
  ) {
    this.#trainyard = new TrainyardServer('trainyard', service);
    this.#alone = new TrainyardServer('trainyard_alone', service, { batch_size: 1 });
  }

  /** Each server by one client and by many, a row a request. */
  async compare(env: NodeJS.ProcessEnv): Promise<PredictRun['compared']> {
    const models = await comparedModels(this.folder, this.options.models);
    for (const model of models) await this.#trainyard.serve(model);
    const servers: ModelServer[] = [this.#trainyard, this.#alone];
    try {
      for (const name of ['fastapi', 'mlserver', 'mlserver_batching', 'bentoml'] as const) {
        if (!this.options.packages) break;
        this.options.say(`starting ${name}`);
        servers.push(await PythonServer.start(name, models, this.options.packages, this.folder, env));
      }
      const compared: PredictRun['compared'][number][] = [];
      for (const model of models) compared.push(await this.#compareOn(model, servers));
      return compared;
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }

  /** Images by each way that a tensor may come. */
  async timeTensors(): Promise<PredictRun['tensors']> {
    const images = Math.max(1, Math.round(IMAGES * this.options.scale));
    const model = await imageModel(this.folder, images);
    await this.#trainyard.serve(model);
    const requests = await this.#trainyard.waysOf(model);
    const files = Object.fromEntries(await Promise.all(tensorWays.map(async (way) => [way, await this.#stored(requests[way])] as const))) as Record<TensorWay, RequestFile>;
    const ms: Record<TensorWay, number[]> = { bytes: [], json: [], instances: [] };
    for (const way of tensorWays) await this.client.once(files[way]);
    for (let round = 0; round < this.options.rounds; round++) {
      this.options.say(`${model.title}: round ${round + 1}`);
      for (const way of tensorWays) ms[way].push((await this.client.once(files[way])).ms);
    }
    return { images, ms };
  }

  /** The first answer of a model that no predictor has loaded: each time another checkpoint of the same file. */
  async timeColdLoads(): Promise<PredictRun['cold']> {
    const mib = Math.max(1, Math.round(LARGE_MIB * this.options.scale));
    const model = await largeModel(this.folder, mib);
    const ms: number[] = [];
    for (let round = 0; round < this.options.rounds; round++) {
      this.options.say(`${model.title}, cold: round ${round + 1}`);
      const fresh = { ...model, name: `${model.name}-${round}` };
      await this.#trainyard.serve(fresh);
      ms.push((await this.client.once(await this.#stored(this.#trainyard.request(fresh)))).ms);
    }
    return { mib, ms };
  }

  async #compareOn(model: ServedModel, servers: readonly ModelServer[]): Promise<PredictRun['compared'][number]> {
    const requests = await Promise.all(servers.map((server) => this.#stored(server.request(model))));
    await this.#expectSame(servers, requests, model);
    const { seconds } = this.options;
    const load = (i: number, clients: number, warmUpSeconds: number): Promise<LoadFigures> => this.client.load(requests[i] as RequestFile, { clients, warmUpSeconds: Math.min(warmUpSeconds, warmUpSeconds * seconds), seconds });
    for (const i of servers.keys()) await load(i, CLIENTS, FIRST_SECONDS);
    const rounds = servers.map((): Round[] => []);
    for (let round = 0; round < this.options.rounds; round++) {
      // Whatever makes the machine slower for a while falls on all: they take turns, in every second round from the last.
      const order = servers.map((_, i) => (round % 2 === 0 ? i : servers.length - 1 - i));
      for (const i of order) {
        this.options.say(`${model.title}: ${servers[i]?.name}, round ${round + 1} of ${this.options.rounds}`);
        rounds[i]?.push({ alone: await load(i, 1, WARM_UP_SECONDS), many: await load(i, CLIENTS, WARM_UP_SECONDS) });
      }
    }
    return { model: model.name, title: model.title, servers: Object.fromEntries(servers.map(({ name }, i) => [name, rounds[i] ?? []])) };
  }

  /** Who answers something else computes something else. */
  async #expectSame(servers: readonly ModelServer[], requests: readonly RequestFile[], model: ServedModel): Promise<void> {
    const answers = await Promise.all(servers.map(async (server, i) => server.numbersOf(JSON.parse((await this.client.once(requests[i] as RequestFile)).body))));
    const [expected = []] = answers;
    for (const [i, numbers] of answers.entries()) {
      const same = numbers.length === expected.length && numbers.every((number, at) => Math.abs(number - (expected[at] ?? NaN)) < TOLERANCE);
      if (!same) throw new Error(`${model.name}: expected ${expected.join(', ')} of ${servers[i]?.name}, received ${numbers.join(', ')}`);
    }
  }

  async #stored({ url, headers, body }: PredictRequest): Promise<RequestFile> {
    const bodyFile = path.join(this.folder, `request-${this.#files++}`);
    await writeFile(bodyFile, body);
    return { url, headers, bodyFile };
  }
}
