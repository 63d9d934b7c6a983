import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';

interface Props {
  readonly label: string;
  /** Of the button, where it says more than the label: `Delete digits.npz`. */
  readonly ariaLabel?: string;
  readonly question: string;
  readonly explanation: string;
  /** Default: that of what is deleted. */
  readonly colour?: 'red' | 'indigo';
  readonly onConfirm: () => Promise<void>;
}

/** A button for what cannot be taken back, or is felt at once by others: it asks first. */
export function Confirm({ label, ariaLabel, question, explanation, colour = 'red', onConfirm }: Props) {
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    await onConfirm().finally(() => {
      setBusy(false);
      setAsked(false);
    });
  };
  return (
    <>
      <Button size="xs" variant={colour === 'red' ? 'subtle' : 'light'} color={colour} {...(ariaLabel === undefined ? {} : { 'aria-label': ariaLabel })} onClick={() => setAsked(true)}>
        {label}
      </Button>
      <Modal opened={asked} onClose={() => setAsked(false)} title={question} lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <Text size="sm">{explanation}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(false)}>
              Back
            </Button>
            <Button color={colour} loading={busy} onClick={() => void confirm()} data-autofocus>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
