import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import uPlot from 'uplot';
import { formatMetric } from '../format/numbers.js';
import { positive, type Values } from './smooth.js';
import { zoomByKey, zoomKeys } from './zoom-by-key.js';

export interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly values: Values;
  /** Drawn behind the others, pale: what another one smooths. */
  readonly faint?: boolean;
  readonly dashed?: boolean;
  /** Each value is marked. */
  readonly points?: boolean;
}

/** Curves that have the same x. A chart may have several such groups. */
export interface CurveGroup {
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
}

/** Of x, both ends included; undefined shows all. */
export type Zoom = readonly [from: number, to: number] | undefined;

interface Props {
  readonly title: string;
  readonly groups: readonly CurveGroup[];
  readonly log: boolean;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
  /** What x counts: `step`, `epoch`. */
  readonly unit: string;
  /** How numbers are told that are neither counts nor metrics. */
  readonly format?: NumberFormat | undefined;
}

export interface NumberFormat {
  readonly x: (x: number) => string;
  /** Of x under the cursor. */
  readonly cursor: (x: number) => string;
  /** Of values, whose axis then begins at 0. */
  readonly y: (value: number) => string;
  /** Between two marks of an axis; the smallest that leaves room is taken. */
  readonly steps: { readonly x: readonly number[]; readonly y: readonly number[] };
}

const height = 240;

/** Curves over steps or epochs: their values under the cursor, a stretch dragged over is zoomed in to, a double click shows all; keys do so too. */
export function Chart({ title, groups, log, zoom, onZoom, unit, format }: Props) {
  const scheme = useComputedColorScheme('light');
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef({ zoom, onZoom, format });
  latest.current = { zoom, onZoom, format };

  const curves = groups.flatMap((group) => group.curves);
  const data = useMemo(() => aligned(groups, log), [groups, log]);
  const latestData = useRef(data);
  latestData.current = data;
  // A plot is made anew when it has other curves; other values are given to the one that is there.
  const structure = JSON.stringify([curves.map(({ values: _, ...look }) => look), log, scheme, unit]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const options = optionsOf({ curves, log, unit, dark: scheme === 'dark', width: element.clientWidth, latest });
    const made = new uPlot(options, latestData.current, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [structure]);

  useEffect(() => plot.current?.setData(data), [data, zoom]);

  const zoomOn = (event: KeyboardEvent): void => {
    const x = data[0];
    if (event.ctrlKey || event.metaKey || event.altKey || x.length === 0) return;
    const all = [x[0] as number, x.at(-1) as number] as const;
    const next = zoomByKey(event.key, zoom ?? all, all);
    if (next === undefined) return;
    event.preventDefault();
    onZoom(next.zoom);
  };

  return (
    <section className="chart" aria-label={title} aria-keyshortcuts={zoomKeys} tabIndex={0} onKeyDown={zoomOn}>
      <h3>{title}</h3>
      <div ref={place} role="img" aria-label={describe(title, curves, format?.y ?? formatMetric)} />
    </section>
  );
}

/** One table of all groups: where a group has no value at another's x there is `undefined`, which is no gap. */
function aligned(groups: readonly CurveGroup[], log: boolean): uPlot.AlignedData {
  const tables = groups.map(({ x, curves }) => [x, ...curves.map(({ values }) => (log ? positive(values) : values))] as unknown as uPlot.AlignedData);
  const [only] = tables;
  if (only === undefined) return [[]];
  return tables.length === 1 ? only : uPlot.join(tables);
}

interface Look {
  readonly curves: readonly Curve[];
  readonly log: boolean;
  readonly unit: string;
  readonly dark: boolean;
  readonly width: number;
  readonly latest: { readonly current: Pick<Props, 'zoom' | 'onZoom' | 'format'> };
}

function optionsOf({ curves, log, unit, dark, width, latest }: Look): uPlot.Options {
  const axis = { stroke: dark ? '#c1c2c5' : '#495057', grid: { stroke: dark ? '#373a40' : '#e9ecef', width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  const tell: Omit<NumberFormat, 'steps'> = {
    x: (x: number) => latest.current.format?.x(x) ?? x.toLocaleString('en'),
    cursor: (x: number) => latest.current.format?.cursor(x) ?? x.toLocaleString('en'),
    y: (value: number) => latest.current.format?.y(value) ?? formatMetric(value),
  };
  const steps = latest.current.format?.steps;
  const hasValues = curves.some(({ values }) => values.some((value) => typeof value === 'number' && value > 0));
  return {
    width,
    height,
    scales: {
      x: { time: false, range: (_, min, max) => [...(latest.current.zoom ?? spread(min, max))] },
      y: log && hasValues ? { distr: 3 } : latest.current.format === undefined ? {} : { range: (_, __, max) => [0, (max || 1) * 1.08] },
    },
    axes: [{ ...axis, ...(steps === undefined ? {} : { incrs: [...steps.x] }), size: 30, values: (_, splits) => splits.map((x) => (x === null ? '' : tell.x(x))) }, { ...axis, ...(steps === undefined ? {} : { incrs: [...steps.y] }), size: 58, values: (_, splits) => splits.map((value) => (value === null ? '' : tell.y(value))) }],
    series: [{ label: unit, value: (_, value) => (value === null ? '–' : tell.cursor(value)) }, ...curves.map((curve) => toSeries(curve, tell.y))],
    cursor: {
      sync: { key: 'curves' },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => (latest.current.onZoom(undefined), null) },
    },
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select;
          if (selected < 4) return;
          latest.current.onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x')]);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** A single step, or none, is given some room. */
const spread = (min: number | null, max: number | null): [number, number] => (min === null || max === null ? [0, 1] : min === max ? [min - 0.5, max + 0.5] : [min, max]);

function toSeries({ label, colour, faint = false, dashed = false, points = false }: Curve, tell: NumberFormat['y']): uPlot.Series {
  return {
    label,
    stroke: faint ? `${colour}55` : colour,
    width: faint ? 1 : 1.75,
    ...(dashed ? { dash: [6, 4] } : {}),
    points: points ? { show: true, size: 5, fill: colour } : { show: false },
    value: (_, value) => (typeof value === 'number' ? tell(value) : '–'),
  };
}

/** What one who does not see the curves is told. */
function describe(title: string, curves: readonly Curve[], tell: NumberFormat['y']): string {
  const ends = curves.filter(({ faint }) => faint !== true).map(({ label, values }) => {
    const last = values.findLast((value) => typeof value === 'number');
    return `${label} ends at ${last === undefined ? '–' : tell(last)}`;
  });
  return `${title}: ${ends.join(', ')}`;
}
