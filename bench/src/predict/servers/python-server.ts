import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ContenderError } from '../../contenders/contender.js';
import type { PeerPackages } from '../../contenders/peers.js';
import { rowsOf, type ServedModel } from '../served-models.js';
import { asJson, type ModelServer, type PredictRequest, type ServerName } from './model-server.js';

const program = path.join(import.meta.dirname, '../../../peers/serving/server.py');
/** TensorFlow's import, and graphs of the models. */
const readyWithinMs = 120_000;
const endsWithinMs = 15_000;

type PythonServerName = Exclude<ServerName, `trainyard${string}`>;

/** How each of them is asked, and answers. */
const protocols: Readonly<Record<PythonServerName, { readonly ready: string; readonly path: (model: string) => string; readonly body: (model: ServedModel) => unknown; readonly numbers: (body: unknown) => unknown }>> = {
  fastapi: { ready: '/healthz', path: (model) => `/predict/${model}`, body: (model) => ({ instances: rowsOf(model) }), numbers: (body) => (body as { predictions: unknown }).predictions },
  mlserver: openInference(),
  mlserver_batching: openInference(),
  bentoml: { ready: '/readyz', path: (model) => `/${model.replaceAll('-', '_')}`, body: (model) => ({ instances: rowsOf(model) }), numbers: (body) => body },
};

function openInference() {
  return {
    ready: '/v2/health/ready',
    path: (model: string) => `/v2/models/${model}/infer`,
    body: ({ x }: ServedModel) => ({ inputs: [{ name: 'x', shape: x.shape, datatype: x.dtype === 'int32' ? 'INT32' : 'FP32', data: [...(x.data as Float32Array)] }] }),
    numbers: (body: unknown) => (body as { outputs: { data: unknown }[] }).outputs.map(({ data }) => data),
  };
}

/** A server of Python's, in processes of its own. */
export class PythonServer implements ModelServer {
  private constructor(
    readonly name: PythonServerName,
    private readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts it and waits until it is ready. @param folder where it may put what it needs */
  static async start(name: PythonServerName, models: readonly ServedModel[], { python, folder: packages }: PeerPackages, folder: string, env: NodeJS.ProcessEnv): Promise<PythonServer> {
    const port = await freePort();
    const served = models.map((model) => ({ name: model.name, file: model.file, dtype: model.x.dtype, row: model.x.shape.slice(1) }));
    // -s: no packages of the user's own. Its processes are one group, so that all of them can be ended.
    const child = spawn(python, ['-s', program, '--server', name, '--port', String(port), '--packages', packages, '--folder', folder, '--models', JSON.stringify(served)], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
    const server = new PythonServer(name, `http://127.0.0.1:${port}`, child);
    try {
      await server.#ready();
      return server;
    } catch (error) {
      await server.stop();
      throw new ContenderError(name, `${(error as Error).message}\n${output}`);
    }
  }

  request(model: ServedModel): PredictRequest {
    const { path: pathOf, body } = protocols[this.name];
    return { url: `${this.url}${pathOf(model.name)}`, headers: { 'content-type': 'application/json' }, body: asJson(body(model)) };
  }

  numbersOf(body: unknown): number[] {
    return [protocols[this.name].numbers(body)].flat(Infinity) as number[];
  }

  async stop(): Promise<void> {
    const { pid, exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const ended = once(this.child, 'exit');
    // It is asked first: BentoML's workers are sessions of their own, which it alone ends.
    process.kill(-pid, 'SIGTERM');
    const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), endsWithinMs);
    await ended;
    clearTimeout(late);
  }

  async #ready(): Promise<void> {
    const until = performance.now() + readyWithinMs;
    while (performance.now() < until) {
      if (this.child.exitCode !== null) throw new Error(`it ended with exit code ${this.child.exitCode}`);
      const answered = await fetch(this.url + protocols[this.name].ready).catch(() => undefined);
      if (answered?.ok === true) return;
      await sleep(200);
    }
    throw new Error(`it was not ready within ${readyWithinMs / 1000} s`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
