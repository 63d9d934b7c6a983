import { Anchor, Text } from '@mantine/core';
import type { ErrorCode } from '@trainyard/protocol';
import remedies from 'virtual:remedies';
import { useApi } from '../session/api-context.js';

/** What to do about an error, with the way to its section of the documentation. */
export function Remedy({ code }: { code: ErrorCode }) {
  const { url } = useApi();
  return (
    <Text size="sm" mt={4}>
      {remedies[code]?.replaceAll('`', '')}{' '}
      <Anchor size="sm" href={`${url}docs/errors#${code}`} target="_blank" rel="noreferrer">
        More about {code}
      </Anchor>
    </Text>
  );
}
