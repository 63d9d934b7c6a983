import type { InferModelMetadata } from '@trainyard/protocol';

export interface CurlTarget {
  /** Of the server. */
  readonly url: string;
  /** Whether the server asks for a key: it stands in the environment. */
  readonly withKey: boolean;
}

/** A line for each protocol. */
export interface CurlLines {
  readonly tensorflowServing: string;
  readonly openInference: string;
}

/** Numbers that a line shows as an example; of larger inputs they are left to a file. */
const mostShown = 64;

/** How to ask what answers under a name, by each protocol, in lines that a shell takes as they are: one row of zeros. */
export function curlLines({ name, inputs }: Pick<InferModelMetadata, 'name' | 'inputs'>, { url, withKey }: CurlTarget): CurlLines {
  const curl = withKey ? 'curl -H "Authorization: Bearer $TRAINYARD_API_KEY"' : 'curl';
  const base = url.replace(/\/+$/, '');
  const rows = inputs.map(({ shape }) => [1, ...shape.slice(1).map((dimension) => (dimension < 0 ? 1 : dimension))]);
  const small = rows.every((shape) => shape.reduce((size, dimension) => size * dimension, 1) <= mostShown);
  const instance = inputs.length === 1 ? zeros(rows[0]?.slice(1) ?? []) : Object.fromEntries(inputs.map((input, i) => [input.name, zeros(rows[i]?.slice(1) ?? [])]));
  const tensors = inputs.map((input, i) => ({ name: input.name, shape: rows[i], datatype: input.datatype, data: zeros([(rows[i] ?? []).reduce((size, dimension) => size * dimension, 1)]) }));
  const body = (value: unknown): string => (small ? `'${JSON.stringify(value).replaceAll("'", `'\\''`)}'` : '@request.json');
  return {
    tensorflowServing: `${curl} ${base}/v1/models/${name}:predict -d ${body({ instances: [instance] })}`,
    openInference: `${curl} ${base}/v2/models/${name}/infer -d ${body({ inputs: tensors })}`,
  };
}

function zeros([length, ...rest]: readonly number[]): unknown {
  return length === undefined ? 0 : Array.from({ length: Math.min(length, mostShown) }, () => zeros(rest));
}
