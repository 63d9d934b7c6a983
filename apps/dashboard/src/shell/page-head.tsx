import { Group, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** The heading of a page, with what can be done there. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  useDocumentTitle(`${title} · Trainyard`);
  return (
    <Group justify="space-between" mb="xs" gap="sm">
      <Title order={1} size="h2" className="breaks">
        {title}
      </Title>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
