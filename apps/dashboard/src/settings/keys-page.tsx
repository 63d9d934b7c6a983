import { Alert, Badge, Button, Checkbox, Code, Group, Modal, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { scopes, type NewKeyResource, type Scope } from '@trainyard/protocol';
import { useState, type FormEvent } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatAge, formatTime } from '../format/time.js';
import { useApi } from '../session/api-context.js';
import { Confirm } from '../shell/confirm.js';
import { HeadRow } from '../shell/head-row.js';
import { PageHead } from '../shell/page-head.js';
import { useSay } from '../shell/messages.js';
import { CopyText } from '../snippets/copy-text.js';

const meanings: Record<Scope, string> = { read: 'look at everything', train: 'create, change and delete jobs, data and files', predict: 'predict', admin: 'all of these, and manage keys' };

/** The API keys of the project. */
export function KeysPage() {
  const { client, apiKey } = useApi();
  const say = useSay();
  const [making, setMaking] = useState(false);
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['keys'], queryFn: () => client.keys.list() });
  return (
    <Stack>
      <PageHead title="API keys">
        <Button onClick={() => setMaking(true)} disabled={error !== null}>New key</Button>
      </PageHead>
      {apiKey === undefined && <Alert color="gray">This server asks for no key (TRAINYARD_AUTH=off).</Alert>}
      {error !== null && <ProblemView error={error} />}
      {isPending && error === null && <Skeleton h={120} aria-label="Loading" />}
      {data !== undefined && data.data.length > 0 && (
        <Table.ScrollContainer minWidth={680}>
          <Table verticalSpacing={6}>
            <HeadRow headings={['Name', 'Scopes', 'Made', 'Last used']} actions />
            <Table.Tbody>
              {data.data.map(({ id, name, scopes: allowed, created_at, last_used_at }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    {name}
                    <Text size="xs" className="quiet">{id}</Text>
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {allowed.map((scope) => (
                        <Badge key={scope} variant="light" color={scope === 'admin' ? 'red' : 'gray'} className="status" title={meanings[scope]}>
                          {scope}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td title={formatTime(created_at)}>{formatAge(created_at)}</Table.Td>
                  <Table.Td>{last_used_at === null ? 'never' : formatAge(last_used_at)}</Table.Td>
                  <Table.Td ta="right">
                    <Confirm label="Delete" ariaLabel={`Delete the key ${name}`} question={`Delete the key ${name}?`} explanation="Whoever uses it is refused from then on." onConfirm={() => client.keys.delete(id).then(() => void refetch(), (thrown: unknown) => say.error('The key was not deleted', thrown))} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {making && <NewKey onClose={() => setMaking(false)} onMade={() => void refetch()} />}
    </Stack>
  );
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const { client, url } = useApi();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(['read', 'train', 'predict']);
  const [made, setMade] = useState<NewKeyResource>();
  const [error, setError] = useState<unknown>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    client.keys.create({ name, scopes: scopes.filter((scope) => chosen.includes(scope)) }).then((key) => {
      setMade(key);
      onMade();
    }, setError);
  };
  return (
    <Modal opened onClose={onClose} title="New API key" lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      {made === undefined ? (
        <form onSubmit={submit}>
          <Stack>
            <TextInput label="Name" description="What it is for" required value={name} onChange={({ currentTarget: { value } }) => setName(value)} data-autofocus />
            <Checkbox.Group label="It may" value={chosen} onChange={setChosen}>
              <Stack gap={6} mt={6}>
                {scopes.map((scope) => (
                  <Checkbox key={scope} value={scope} label={`${scope}: ${meanings[scope]}`} />
                ))}
              </Stack>
            </Checkbox.Group>
            {error !== undefined && <ProblemView error={error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Back
              </Button>
              <Button type="submit" disabled={name === '' || chosen.length === 0}>
                Make it
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Alert color="teal" title="It is shown this once">Only a hash of it is kept.</Alert>
          <Code block className="breaks">{made.key}</Code>
          <Group>
            <CopyText text={made.key} label="Copy the key" />
            <CopyText text={`${url}#key=${made.key}`} label="Copy a link that logs in" />
          </Group>
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </Stack>
      )}
    </Modal>
  );
}
