import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { bytesOf, nestedOf, sizeOf } from '@trainyard/ndarray';

import type { BenchService } from '../../jobs/service.js';
import { rowsOf, type ServedModel } from '../served-models.js';
import { asJson, type ModelServer, type PredictRequest, type ServerName } from './model-server.js';

/** A Trainyard that serves, by TensorFlow Serving's protocol. */
export class TrainyardServer implements ModelServer {
  /** @param options what each request says besides */
  constructor(
    readonly name: Extract<ServerName, `trainyard${string}`>,
    private readonly service: BenchService,
    private readonly options: { readonly batch_size?: number } = {},
  ) {}

  request(model: ServedModel): PredictRequest {
    return this.#post(`/v1/models/${model.name}:predict`, asJson({ instances: rowsOf(model), ...this.options }));
  }

  numbersOf(body: unknown): number[] {
    return (body as { predictions: unknown[] }).predictions.flat(Infinity) as number[];
  }

  /** The same tensor by each way that there is: as bytes and as JSON by the Open Inference Protocol, as JSON by TensorFlow Serving's. */
  async waysOf(model: ServedModel): Promise<Readonly<Record<TensorWay, PredictRequest>>> {
    const { inputs } = await this.service.client.models.metadata(model.name);
    const { x } = model;
    const tensor = { name: inputs[0]?.name, shape: x.shape, datatype: 'FP32' };
    const bytes = bytesOf(x.data);
    const head = asJson({ inputs: [{ ...tensor, parameters: { binary_data_size: bytes.length } }], parameters: { binary_data_output: true } });
    const infer = `/v2/models/${model.name}/infer`;
    return {
      bytes: this.#post(infer, Buffer.concat([head, bytes]), { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) }),
      json: this.#post(infer, asJson({ inputs: [{ ...tensor, data: nestedOf({ ...x, shape: [sizeOf(x.shape)] }) }] })),
      instances: this.request(model),
    };
  }

  /** Serves a file under the model's name. */
  async serve({ name, file }: ServedModel): Promise<void> {
    const { uri } = await this.service.client.files.put(`bench/${path.basename(file)}`, await readFile(file));
    await this.service.client.models.set(name, { uri });
  }

  /** The service is whoever started it's to stop. */
  async stop(): Promise<void> {}

  #post(at: string, body: Uint8Array, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }): PredictRequest {
    return { url: `${this.service.url}${at}`, headers: { ...headers, authorization: this.service.authorization }, body };
  }
}

export const tensorWays = ['bytes', 'json', 'instances'] as const;
export type TensorWay = (typeof tensorWays)[number];
