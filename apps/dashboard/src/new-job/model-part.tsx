import { Button, Group, Progress, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { DropPlace } from '../data/drop-place.js';
import { newFolder, uploadFile } from '../data/upload.js';
import { useApi } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import type { GivenModel } from './draft.js';

/** The model: pasted, or a file. What is text is read here; a saved model is uploaded. */
export function ModelPart({ model, onModel }: { model: GivenModel; onModel: (model: GivenModel) => void }) {
  const api = useApi();
  const say = useSay();
  const [sent, setSent] = useState<number>();
  const take = async (file: File): Promise<void> => {
    if (!/\.(h5|hdf5|keras)$/i.test(file.name)) return onModel({ kind: 'text', text: await file.text() });
    try {
      setSent(0);
      const { uri } = await uploadFile(api, `${newFolder()}/${file.name}`, file, setSent);
      onModel({ kind: 'file', uri });
    } catch (error) {
      say.error(`${file.name} could not be uploaded`, error);
    } finally {
      setSent(undefined);
    }
  };
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Model
      </Title>
      <DropPlace label="a model" accept=".json,.yaml,.yml,.h5,.hdf5,.keras" hint="model.to_json(), to_yaml(), or a saved model: .h5, .keras" onFiles={([file]) => void (file && take(file))}>
        {sent !== undefined && <Progress value={sent * 100} mt="xs" aria-label="Uploaded" />}
      </DropPlace>
      {model?.kind === 'file' ? (
        <Group>
          <Text size="sm" className="mono breaks">{model.uri}</Text>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onModel(undefined)}>
            Another
          </Button>
        </Group>
      ) : (
        <Textarea aria-label="The model as text" placeholder='{"class_name": "Sequential", "config": [ … ]}' autosize minRows={4} maxRows={12} classNames={{ input: 'mono' }} spellCheck={false} value={model?.text ?? ''} onChange={({ currentTarget: { value } }) => onModel(value === '' ? undefined : { kind: 'text', text: value })} />
      )}
    </Stack>
  );
}
