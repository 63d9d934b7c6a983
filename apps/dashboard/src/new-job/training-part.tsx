import { Autocomplete, Group, NumberInput, Stack, Switch, TagsInput, TextInput, Title } from '@mantine/core';
import type { Draft } from './draft.js';

const optimizers = ['adam', 'sgd', 'rmsprop', 'adagrad', 'adadelta', 'adamax', 'nadam'];
const losses = ['categorical_crossentropy', 'sparse_categorical_crossentropy', 'binary_crossentropy', 'mean_squared_error', 'mean_absolute_error', 'mean_absolute_percentage_error', 'mean_squared_logarithmic_error', 'squared_hinge', 'hinge', 'categorical_hinge', 'logcosh', 'kullback_leibler_divergence', 'poisson', 'cosine_proximity'];
const metrics = ['accuracy', 'mean_absolute_error', 'mean_squared_error', 'top_k_categorical_accuracy'];

const count = (value: string | number): number | '' => (typeof value === 'number' ? value : '');

/** The arguments of compile and fit that one changes most; the JSON has the others. */
export function TrainingPart({ draft, fromFile, onChange }: { draft: Draft; fromFile: boolean; onChange: (changes: Partial<Draft>) => void }) {
  const { compiled } = draft;
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Training
      </Title>
      <TextInput label="Name" placeholder="of the job" value={draft.name} onChange={({ currentTarget: { value } }) => onChange({ name: value })} maw={320} />
      {fromFile && <Switch label="Compile as the file says" checked={compiled} onChange={({ currentTarget: { checked } }) => onChange({ compiled: checked })} />}
      {!compiled && (
        <>
          <Group grow align="flex-start">
            <Autocomplete label="Optimizer" data={optimizers} value={draft.optimizer} onChange={(optimizer) => onChange({ optimizer })} />
            <NumberInput label="Learning rate" placeholder="the optimizer's own" min={0} step={0.001} decimalScale={8} value={draft.learningRate} onChange={(value) => onChange({ learningRate: count(value) })} />
          </Group>
          <Group grow align="flex-start">
            <Autocomplete label="Loss" data={losses} value={draft.loss} onChange={(loss) => onChange({ loss })} />
            <TagsInput label="Metrics" data={metrics} value={[...draft.metrics]} onChange={(value) => onChange({ metrics: value })} />
          </Group>
        </>
      )}
      <Group grow align="flex-start">
        <NumberInput label="Epochs" min={1} allowDecimal={false} value={draft.epochs} onChange={(value) => onChange({ epochs: count(value) })} />
        <NumberInput label="Batch size" min={1} allowDecimal={false} value={draft.batchSize} onChange={(value) => onChange({ batchSize: count(value) })} />
        <NumberInput label="Validation split" min={0} max={0.95} step={0.05} value={draft.validationSplit} onChange={(value) => onChange({ validationSplit: count(value) })} />
      </Group>
      <Group align="flex-end" gap="xl">
        <Switch label="Keep the best checkpoint" checked={draft.keepBest} onChange={({ currentTarget: { checked } }) => onChange({ keepBest: checked })} mb={8} />
        <NumberInput label="Stop early after" placeholder="never" suffix=" epochs without progress" min={0} allowDecimal={false} value={draft.patience} onChange={(value) => onChange({ patience: count(value) })} w={260} />
      </Group>
    </Stack>
  );
}
