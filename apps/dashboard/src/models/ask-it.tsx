import { Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { curlLines, type CurlLines } from '@trainyard/client';
import type { InferModelMetadata } from '@trainyard/protocol';
import { ProblemView } from '../errors/problem-view.js';
import { formatShape } from '../format/numbers.js';
import { useApi } from '../session/api-context.js';
import { CopyText } from '../snippets/copy-text.js';

const protocols: Record<keyof CurlLines, string> = { tensorflowServing: 'TensorFlow Serving’s REST API', openInference: 'The Open Inference Protocol, V2' };

/** What the model takes and answers, and a line of curl for each protocol. */
export function AskIt({ name, version }: { name: string; version: number }) {
  const { client, url, apiKey } = useApi();
  const { data, error } = useQuery({ queryKey: ['models', 'metadata', name, version], queryFn: () => client.models.metadata(name), staleTime: Infinity });
  if (error !== null) return <ProblemView error={error} />;
  if (data === undefined) return <Skeleton h={120} aria-label="Loading" />;
  const lines = curlLines(data, { url, withKey: apiKey !== undefined });
  return (
    <Stack gap="sm">
      <Text size="sm" className="breaks">
        Takes {data.inputs.map(tensor).join(', ')}; answers {data.outputs.map(tensor).join(', ')}.
      </Text>
      {(Object.keys(protocols) as (keyof CurlLines)[]).map((protocol) => (
        <div key={protocol}>
          <Group justify="space-between" mb={4}>
            <Text size="sm">{protocols[protocol]}</Text>
            <CopyText text={lines[protocol]} label="Copy" />
          </Group>
          <pre className="code" tabIndex={0}>{lines[protocol]}</pre>
        </div>
      ))}
    </Stack>
  );
}

const tensor = ({ name, datatype, shape }: InferModelMetadata['inputs'][number]): string => `${name} ${datatype} ${formatShape(shape.map((size) => (size < 0 ? null : size)))}`;
