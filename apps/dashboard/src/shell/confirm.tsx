import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';

interface Props {
  readonly label: string;
  /** Of the button, where it says more than the label: `Delete digits.npz`. */
  readonly ariaLabel?: string;
  readonly question: string;
  readonly explanation: string;
  readonly onConfirm: () => Promise<void>;
}

/** A button for what cannot be taken back: it asks first. */
export function Confirm({ label, ariaLabel, question, explanation, onConfirm }: Props) {
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
      <Button size="xs" variant="subtle" color="red" {...(ariaLabel === undefined ? {} : { 'aria-label': ariaLabel })} onClick={() => setAsked(true)}>
        {label}
      </Button>
      <Modal opened={asked} onClose={() => setAsked(false)} title={question} lockScroll={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <Text size="sm">{explanation}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(false)}>
              Back
            </Button>
            <Button color="red" loading={busy} onClick={() => void confirm()} data-autofocus>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
