import { Chip, Group, Stack, Text } from '@mantine/core';
import { eventTypes, type EventType, type JobEvent } from '@trainyard/protocol';
import { useMemo, useState } from 'react';
import { formatClock, formatTime } from '../format/time.js';
import { Lines } from './lines.js';
import { describeEvent } from './describe-event.js';

/** The job's events, the last ones below; a type can be left out. */
export function EventsTab({ events }: { events: readonly JobEvent[] }) {
  const [types, setTypes] = useState<readonly EventType[]>(eventTypes.filter((type) => type !== 'log'));
  const shown = useMemo(() => events.filter(({ type }) => types.includes(type)), [events, types]);
  return (
    <Stack gap="xs">
      <Chip.Group multiple value={[...types]} onChange={(value) => setTypes(value)}>
        <Group gap={6}>
          {eventTypes.map((type) => (
            <Chip key={type} size="xs" value={type} variant="light">
              {type}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {shown.length === 0 ? (
        <Text className="quiet">No event of these types yet.</Text>
      ) : (
        <Lines label="Events" count={shown.length} render={(index) => {
          const event = shown[index];
          return event && <><span className="line-time" title={formatTime(event.created_at)}>{formatClock(event.created_at)}</span><span className="line-kind">{event.type}</span><span className="line-text">{describeEvent(event)}</span></>;
        }} />
      )}
    </Stack>
  );
}
