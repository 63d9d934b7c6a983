import { Notification, Portal, Stack } from '@mantine/core';
import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';

interface Message {
  readonly id: number;
  readonly kind: 'success' | 'error';
  readonly title: string;
  readonly detail: string | undefined;
}

interface Say {
  success(title: string, detail?: string): void;
  error(title: string, error: unknown): void;
}

const MessagesContext = createContext<Say | undefined>(undefined);
const shownMs = { success: 5_000, error: 15_000 };

/** Says what came of what the user did, at the lower edge, for a while. */
export function Messages({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const next = useRef(1);
  const close = useCallback((id: number) => setMessages((all) => all.filter((message) => message.id !== id)), []);
  const add = useCallback(
    (kind: Message['kind'], title: string, detail: string | undefined) => {
      const id = next.current++;
      setMessages((all) => [...all.slice(-4), { id, kind, title, detail }]);
      setTimeout(() => close(id), shownMs[kind]);
    },
    [close],
  );
  const [say] = useState<Say>(() => ({
    success: (title, detail) => add('success', title, detail),
    error: (title, error) => add('error', title, error instanceof Error ? error.message : String(error)),
  }));
  return (
    <MessagesContext value={say}>
      {children}
      <Portal>
        <Stack className="messages" gap="xs" role="status" aria-live="polite">
          {messages.map(({ id, kind, title, detail }) => (
            <Notification key={id} color={kind === 'error' ? 'red' : 'teal'} title={title} withBorder onClose={() => close(id)} closeButtonProps={{ 'aria-label': 'Dismiss' }}>
              {detail}
            </Notification>
          ))}
        </Stack>
      </Portal>
    </MessagesContext>
  );
}

export function useSay(): Say {
  const say = useContext(MessagesContext);
  if (say === undefined) throw new Error('useSay: expected to be called within <Messages>');
  return say;
}
