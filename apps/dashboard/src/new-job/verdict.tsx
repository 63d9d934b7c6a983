import { Alert, Code, Group, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { ValidationResource } from '@trainyard/protocol';
import { IssueList, ProblemView } from '../errors/problem-view.js';
import { formatBytes, formatCount, formatShape } from '../format/numbers.js';

/** What the API says of a job before it is created, and of its model. */
export function Verdict({ validation, error, whole }: { validation: ValidationResource | undefined; error: Error | null; whole: boolean }) {
  if (error !== null) return <ProblemView error={error} />;
  if (validation === undefined) return <Skeleton h={120} aria-label="Checking" />;
  const { valid, errors, warnings, layers, total_params: total, trainable_params: trainable, memory } = validation;
  return (
    <Stack gap="sm" aria-live="polite">
      {valid ? <Alert color="teal" title={whole ? 'The job is valid' : 'The model is valid'}>{whole ? undefined : 'Choose the data to train on.'}</Alert> : (
        <Alert color="red" title={errors.length === 1 ? 'One thing is wrong' : `${errors.length} things are wrong`}>
          <IssueList errors={errors} />
        </Alert>
      )}
      {warnings.map(({ pointer, detail }) => (
        <Alert key={`${pointer} ${detail}`} color="yellow" p="xs">
          <Code>{pointer}</Code> {detail}
        </Alert>
      ))}
      {total !== null && (
        <Group gap="xl">
          <Measure label="Parameters" value={formatCount(total)} />
          {trainable !== null && trainable !== total && <Measure label="Trained" value={formatCount(trainable)} />}
          {memory !== null && <Measure label="Memory to train" value={formatBytes(memory.train_bytes)} />}
        </Group>
      )}
      {layers.length > 0 && (
        <div className="layer-list" tabIndex={0} role="region" aria-label="Layers">
          <Table verticalSpacing={3} fz="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Layer</Table.Th>
                <Table.Th>Output</Table.Th>
                <Table.Th ta="right">Parameters</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {layers.map(({ name, class_name: className, output_shapes: shapes, params }) => (
                <Table.Tr key={name}>
                  <Table.Td>
                    {className} <Text span size="xs" className="quiet">{name}</Text>
                  </Table.Td>
                  <Table.Td className="numbers">{shapes.map(formatShape).join(' ')}</Table.Td>
                  <Table.Td className="numbers" ta="right">{formatCount(params)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Stack>
  );
}

function Measure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" className="quiet">{label}</Text>
      <Text size="sm" className="numbers">{value}</Text>
    </div>
  );
}
