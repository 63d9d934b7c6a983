import { Button, Grid, Group, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Json } from '@trainyard/protocol';
import { useMemo, useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { useApi } from '../session/api-context.js';
import { ask, type Asked } from './ask.js';
import { inputKindOf, type InputKind } from './input-kind.js';
import { JsonInput } from './json-input.js';
import { PictureInput } from './picture-input.js';
import { PixelsInput } from './pixels-input.js';
import { TableInput } from './table-input.js';
import { TextRowInput } from './text-row-input.js';
import { OutputView } from './output-view.js';
import { classNames, outputsOf } from './outputs.js';
import type { TrainedOn } from './trained-on.js';

interface Props extends TrainedOn {
  readonly asked: Asked;
}

const titles: Record<InputKind['kind'], string> = { picture: 'Picture', pixels: 'Picture', text: 'Text', table: 'Table row', json: 'JSON' };

/** A row for the model, and what it makes of it. */
export function PredictForm({ asked, data, dataset, shapes }: Props) {
  const api = useApi();
  const suited = useMemo(() => inputKindOf(data, shapes, dataset), [data, shapes, dataset]);
  const [kind, setKind] = useState<InputKind['kind']>(suited.kind);
  const [row, setRow] = useState<Json>();
  // Without the job that trained it there are no transforms to make inputs of rows.
  const [raw, setRaw] = useState(data !== undefined);
  const input: InputKind = kind === 'json' ? { kind } : suited;
  const predict = useMutation({
    mutationFn: async (instance: Json) => {
      const began = performance.now();
      const answer = await ask(api, asked, instance, data !== undefined && (input.kind === 'json' ? raw : true));
      return { ...answer, ms: performance.now() - began };
    },
  });
  const names = useMemo(() => classNames(data, dataset), [data, dataset]);
  const kinds = suited.kind === 'json' ? (['json'] as const) : ([suited.kind, 'json'] as const);
  const switchTo = (next: InputKind['kind']): void => {
    setRow(undefined);
    setKind(next);
  };
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack>
          {kinds.length > 1 && <SegmentedControl w="fit-content" size="xs" aria-label="How the row is given" value={kind} onChange={(value) => switchTo(value)} data={kinds.map((value) => ({ value, label: titles[value] }))} />}
          {input.kind === 'picture' && <PictureInput onRow={setRow} />}
          {input.kind === 'pixels' && <PixelsInput input={input} onRow={setRow} />}
          {input.kind === 'text' && <TextRowInput onRow={setRow} />}
          {input.kind === 'table' && <TableInput columns={input.columns} example={dataset?.scan?.first_rows[0]} onRow={setRow} />}
          {input.kind === 'json' && (
            <>
              <JsonInput shapes={shapes} onRow={setRow} />
              {data !== undefined && <Switch size="sm" label="As in the files: the job's transforms make inputs of it" checked={raw} onChange={({ currentTarget: { checked } }) => setRaw(checked)} />}
            </>
          )}
          <Group>
            <Button disabled={row === undefined} loading={predict.isPending} onClick={() => row !== undefined && predict.mutate(row)}>
              Predict
            </Button>
          </Group>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <div aria-live="polite" data-testid="prediction">
          {predict.error !== null && <ProblemView error={predict.error} />}
          {predict.data !== undefined && (
            <Stack>
              {outputsOf(predict.data.prediction).map(({ name, value }) => (
                <OutputView key={name ?? ''} name={name} value={value} classNames={names} />
              ))}
              <Text size="sm" className="quiet">
                {predict.data.ms.toFixed(predict.data.ms < 10 ? 1 : 0)} ms from here to the predictor and back · {predict.data.by}
              </Text>
            </Stack>
          )}
          {predict.data === undefined && predict.error === null && <Text className="quiet">The prediction comes here.</Text>}
        </div>
      </Grid.Col>
    </Grid>
  );
}
