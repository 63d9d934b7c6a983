import { Alert, Code, List, Text } from '@mantine/core';
import { ApiProblem, ConnectionError } from '@trainyard/client';
import type { Problem } from '@trainyard/protocol';

/** An error of a request, with all that the server said of it. */
export function ProblemView({ error, title }: { error: unknown; title?: string }) {
  if (error instanceof ApiProblem) {
    const { problem } = error;
    return (
      <Alert color="red" title={title ?? problem.title} className="breaks">
        <Text size="sm">{problem.detail}</Text>
        {problem.errors.length > 1 && <IssueList errors={problem.errors} />}
        <Text size="xs" mt={6} className="quiet">
          {problem.status} {problem.code} · {problem.request_id}
        </Text>
      </Alert>
    );
  }
  const away = error instanceof ConnectionError;
  return (
    <Alert color={away ? 'orange' : 'red'} title={away ? 'The server does not answer' : (title ?? 'Something went wrong')} className="breaks">
      {error instanceof Error ? error.message : String(error)}
    </Alert>
  );
}

/** The places that are wrong, with what is wrong there. */
export function IssueList({ errors }: { errors: Problem['errors'] }) {
  return (
    <List size="sm" mt={6} spacing={4}>
      {errors.map(({ pointer, detail }, index) => (
        <List.Item key={index} className="breaks">
          <Code>{pointer === '' ? '/' : pointer}</Code> {detail}
        </List.Item>
      ))}
    </List>
  );
}
