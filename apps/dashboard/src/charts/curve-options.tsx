import { Button, Group, NumberInput, SegmentedControl, Slider, Switch, Text } from '@mantine/core';
import { useId, useState } from 'react';
import type { Zoom } from './chart.js';

export interface CurveOptions {
  readonly axis: 'step' | 'epoch';
  /** From 0 to 0.99. */
  readonly smoothing: number;
  readonly log: boolean;
  readonly zoom: Zoom;
}

const defaults: CurveOptions = { axis: 'step', smoothing: 0, log: false, zoom: undefined };

/** How curves are shown; another axis has another zoom. */
export function useCurveOptions(): [CurveOptions, (changes: Partial<CurveOptions>) => void] {
  const [options, setOptions] = useState(defaults);
  return [options, (changes) => setOptions((before) => ({ ...before, ...(changes.axis === undefined || changes.axis === before.axis ? {} : { zoom: undefined }), ...changes }))];
}

interface Props {
  readonly options: CurveOptions;
  /** The first and last x that there is. */
  readonly extent: readonly [number, number];
  readonly onChange: (changes: Partial<CurveOptions>) => void;
}

export function CurveOptionsBar({ options, extent, onChange }: Props) {
  const { axis, smoothing, log, zoom } = options;
  const smoothingLabel = useId();
  const [from, to] = zoom ?? [undefined, undefined];
  const change = (end: 'from' | 'to', value: string | number): void => {
    if (typeof value !== 'number') return;
    const next = end === 'from' ? ([value, to ?? extent[1]] as const) : ([from ?? extent[0], value] as const);
    if (next[0] < next[1]) onChange({ zoom: next });
  };
  return (
    <Group gap="lg" className="curve-options">
      <SegmentedControl size="xs" value={axis} onChange={(value) => onChange({ axis: value === 'epoch' ? 'epoch' : 'step' })} data={[{ value: 'step', label: 'Per step' }, { value: 'epoch', label: 'Per epoch' }]} aria-label="Axis" />
      <Group gap={8}>
        <Text size="xs" id={smoothingLabel}>
          Smoothing
        </Text>
        <Slider w={120} size="sm" min={0} max={0.99} step={0.01} value={smoothing} onChange={(value) => onChange({ smoothing: value })} label={(value) => value.toFixed(2)} thumbProps={{ 'aria-labelledby': smoothingLabel }} />
      </Group>
      <Switch size="xs" label="Log scale" checked={log} onChange={({ currentTarget: { checked } }) => onChange({ log: checked })} />
      <Group gap={6}>
        <NumberInput size="xs" w={92} hideControls aria-label={`From ${axis}`} placeholder={`from ${axis}`} value={from === undefined ? '' : Math.round(from)} onChange={(value) => change('from', value)} />
        <NumberInput size="xs" w={92} hideControls aria-label={`To ${axis}`} placeholder={`to ${axis}`} value={to === undefined ? '' : Math.round(to)} onChange={(value) => change('to', value)} />
        <Button size="compact-xs" variant="light" disabled={zoom === undefined} onClick={() => onChange({ zoom: undefined })}>
          Show all
        </Button>
      </Group>
      <Text size="xs" className="quiet" visibleFrom="md">
        Drag or + to zoom, double-click or 0 for all
      </Text>
    </Group>
  );
}
