import { Autocomplete, Button, CloseButton, Group, Modal, Paper, Stack, Switch, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { AliasName, type ModelResource } from '@trainyard/protocol';
import { useState, type FormEvent } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { useClient } from '../session/api-context.js';
import { useSay } from '../shell/messages.js';
import { aliasBody, emptyTarget, shares, type AliasDraft } from './alias-draft.js';
import { modelNamesKey } from './model-keys.js';
import { TargetFields } from './target-fields.js';

interface Props {
  readonly title: string;
  /** Undefined: it is asked for. */
  readonly name: string | undefined;
  readonly draft: AliasDraft;
  readonly onClose: () => void;
  readonly onSet: (model: ModelResource) => void;
}

/** Has something answer under a name: one target, or several by their weights, and a shadow beside them. */
export function SetAlias({ title, name, draft: start, onClose, onSet }: Props) {
  const client = useClient();
  const queries = useQueryClient();
  const say = useSay();
  const [typed, setTyped] = useState(name ?? '');
  const [draft, setDraft] = useState(start);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const { data: known } = useQuery({ queryKey: modelNamesKey, enabled: name === undefined, queryFn: () => client.models.list({ limit: 100 }) });
  const moved = name === undefined ? known?.data.find((model) => model.name === typed) : undefined;
  const { targets, shadow } = draft;
  const parts = shares(targets.map(({ weight }) => weight));
  const body = aliasBody(draft);
  const checked = AliasName.safeParse(typed);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (body === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      const model = await client.models.set(typed, body);
      await queries.invalidateQueries({ queryKey: ['models'] });
      say.success(`${typed} is version ${model.version}`, 'It answers from the next request on.');
      onSet(model);
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} size="lg" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          {name === undefined && (
            <Autocomplete label="Name" description="What is asked for predictions: 1 to 63 of a-z, 0-9, “.”, “_”, “-”" placeholder="risk" openOnFocus={false} data={known?.data.map((model) => model.name) ?? []} value={typed} onChange={setTyped} error={typed === '' || checked.success ? undefined : checked.error.issues[0]?.message} data-autofocus required />
          )}
          {moved !== undefined && <Text size="sm">{typed} is there, with version {moved.version}: this moves it, and can be rolled back.</Text>}
          {targets.map((target, index) => (
            <Paper key={index} withBorder p="sm">
              <Group gap={4} align="flex-start" wrap="nowrap">
                <div className="grows">
                  <TargetFields label={targets.length === 1 ? 'Target' : `Target ${index + 1}`} target={target} share={targets.length === 1 ? undefined : parts[index]} onChange={(next) => setDraft({ ...draft, targets: targets.with(index, next) })} />
                </div>
                {targets.length > 1 && <CloseButton size="sm" aria-label={`Leave out target ${index + 1}`} onClick={() => setDraft({ ...draft, targets: targets.toSpliced(index, 1) })} />}
              </Group>
            </Paper>
          ))}
          <Group gap="lg">
            <Button size="compact-sm" variant="light" disabled={targets.length >= 16} onClick={() => setDraft({ ...draft, targets: [...targets, emptyTarget] })}>
              Split with another
            </Button>
            <Switch size="sm" label="Ask a shadow, too" checked={shadow !== undefined} onChange={({ currentTarget: { checked: on } }) => setDraft({ ...draft, shadow: on ? emptyTarget : undefined })} />
          </Group>
          {shadow !== undefined && (
            <Paper withBorder p="sm">
              <Text size="sm" mb="xs">It is asked what the others are; its answers are compared and dropped.</Text>
              <TargetFields label="Shadow" target={shadow} share={undefined} onChange={(next) => setDraft({ ...draft, shadow: next })} />
            </Paper>
          )}
          {error !== undefined && <ProblemView error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={busy} disabled={body === undefined || !checked.success}>
              Let it answer
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
