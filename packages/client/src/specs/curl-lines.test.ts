import { expect, test } from 'vitest';
import { curlLines } from './curl-lines.js';

const metadata = { name: 'digits', inputs: [{ name: "it's", datatype: 'FP32' as const, shape: [-1, 2, 2] }] };

test('a row of zeros, by each protocol, in quotes that a shell keeps', () => {
  expect(curlLines(metadata, { url: 'http://127.0.0.1:8000', withKey: true })).toEqual({
    tensorflowServing: `curl -H "Authorization: Bearer $TRAINYARD_API_KEY" http://127.0.0.1:8000/v1/models/digits:predict -d '{"instances":[[[0,0],[0,0]]]}'`,
    openInference: `curl -H "Authorization: Bearer $TRAINYARD_API_KEY" http://127.0.0.1:8000/v2/models/digits/infer -d '{"inputs":[{"name":"it'\\''s","shape":[1,2,2],"datatype":"FP32","data":[0,0,0,0]}]}'`,
  });
});

test('the numbers of large inputs are left to a file', () => {
  const large = { ...metadata, inputs: [{ ...metadata.inputs[0]!, shape: [-1, 224, 224, 3] }] };
  expect(curlLines(large, { url: 'http://host/', withKey: false })).toEqual({ tensorflowServing: 'curl http://host/v1/models/digits:predict -d @request.json', openInference: 'curl http://host/v2/models/digits/infer -d @request.json' });
});
