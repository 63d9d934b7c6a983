import { Button, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';

/** A button that copies a text, and says that it has. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { copy, copied, error } = useClipboard();
  if (error !== null) return <Text size="xs" className="quiet">This browser lets pages copy over https and on this machine only.</Text>;
  return (
    <Button size="compact-sm" variant="light" color={copied ? 'teal' : 'indigo'} onClick={() => copy(text)}>
      {copied ? 'Copied' : label}
    </Button>
  );
}
