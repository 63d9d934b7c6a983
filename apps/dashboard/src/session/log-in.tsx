import { Alert, Anchor, Button, Card, Center, Code, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import icon from '../icon.svg';

interface Props {
  /** Why the key that was tried is none. */
  readonly refused: string | undefined;
  readonly onKey: (key: string) => void;
}

/** Asks for the API key, once. */
export function LogIn({ refused, onKey }: Props) {
  const [key, setKey] = useState('');
  const valid = /^ty_[\w-]+$/.test(key.trim());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (valid) onKey(key.trim());
  };
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder shadow="sm" w="100%" maw={440} p="xl" component="form" onSubmit={submit}>
        <Stack>
          <Group gap="sm">
            <img src={icon} width={32} height={32} alt="" />
            <Title order={1} size="h3">
              Trainyard
            </Title>
          </Group>
          <Text>This server asks for an API key. This browser keeps it until you log out.</Text>
          {refused !== undefined && <Alert color="red" title="This key was not accepted">{refused}</Alert>}
          <PasswordInput label="API key" placeholder="ty_…" value={key} onChange={(event) => setKey(event.currentTarget.value)} error={key !== '' && !valid ? 'expected ty_ and what follows it' : undefined} autoComplete="off" data-autofocus autoFocus required />
          <Button type="submit" disabled={!valid}>
            Log in
          </Button>
          <Text size="sm" className="quiet">
            <Code>trainyard up</Code> prints the first key, and a link that logs in. Later, <Code>trainyard dashboard</Code> prints that link again. See <Anchor href="docs/errors#unauthenticated" size="sm">keys</Anchor>.
          </Text>
        </Stack>
      </Card>
    </Center>
  );
}
