import { Button, FileButton, Group, Text } from '@mantine/core';
import { useState, type DragEvent, type ReactNode } from 'react';

interface Props {
  /** What is dropped: `a model`. */
  readonly label: string;
  readonly hint: string;
  /** As an input element's. */
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: File[]) => void;
  readonly children?: ReactNode;
}

/** Where files are dropped, or chosen by a button. */
export function DropPlace({ label, hint, accept, multiple = false, onFiles, children }: Props) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
  };
  return (
    <div className={`drop${over ? ' drop-over' : ''}`} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <Group gap="sm">
        <FileButton multiple={multiple} onChange={(chosen: File | File[] | null) => { if (chosen !== null) onFiles([chosen].flat()); }} {...(accept === undefined ? {} : { accept })} inputProps={{ 'aria-label': `Choose ${label}` }}>
          {(props) => (
            <Button size="xs" variant="light" {...props}>
              Choose {label}
            </Button>
          )}
        </FileButton>
        <Text size="sm" className="quiet">
          or drop {multiple ? 'them' : 'it'} here. {hint}
        </Text>
      </Group>
      {children}
    </div>
  );
}
