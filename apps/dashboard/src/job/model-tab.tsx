import { Button, Group, SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Json } from '@trainyard/protocol';
import { useMemo, useState } from 'react';
import { ProblemView } from '../errors/problem-view.js';
import { formatCount, formatShape } from '../format/numbers.js';
import { useClient } from '../session/api-context.js';
import { CopyText } from '../snippets/copy-text.js';
import { boxSize, connections, layOut, type LayerGraph } from './layer-graph.js';

type View = 'summary' | 'graph' | 'json';

/** The model: `summary()`, its layers as a graph, its JSON. */
export function ModelTab({ id }: { id: string }) {
  const [view, setView] = useState<View>('summary');
  return (
    <Stack>
      <SegmentedControl size="xs" w="fit-content" aria-label="View" value={view} onChange={(value) => setView(value)} data={[{ value: 'summary', label: 'summary()' }, { value: 'graph', label: 'Graph' }, { value: 'json', label: 'to_json()' }]} />
      {view === 'graph' ? <Graph id={id} /> : <ModelText key={view} id={id} format={view} />}
    </Stack>
  );
}

function ModelText({ id, format }: { id: string; format: 'summary' | 'json' }) {
  const client = useClient();
  const { data, error } = useQuery({ queryKey: ['jobs', id, 'model', format], queryFn: () => client.jobs.model(id, format), staleTime: Infinity });
  if (error !== null) return <ProblemView error={error} />;
  if (data === undefined) return <Skeleton h={200} aria-label="Loading" />;
  const text = format === 'json' ? JSON.stringify(JSON.parse(data), null, 2) : data;
  return (
    <div>
      <Group justify="flex-end" mb={4}>
        <CopyText text={text} label="Copy" />
      </Group>
      <pre className="code" tabIndex={0}>{text}</pre>
    </div>
  );
}

function Graph({ id }: { id: string }) {
  const client = useClient();
  const [scale, setScale] = useState(1);
  const { data, error } = useQuery({
    queryKey: ['jobs', id, 'graph'],
    staleTime: Infinity,
    queryFn: async () => {
      const [layers, config] = await Promise.all([client.jobs.layers(id), client.jobs.model(id, 'config', 2)]);
      return { layers, pairs: connections(JSON.parse(config) as Json) };
    },
  });
  const graph = useMemo(() => data && layOut(data.layers, data.pairs), [data]);
  if (error !== null) return <ProblemView error={error} />;
  if (graph === undefined) return <Skeleton h={300} aria-label="Loading" />;
  return (
    <div>
      <Group gap={6} mb={6}>
        <Button size="compact-xs" variant="default" aria-label="Smaller" onClick={() => setScale((now) => Math.max(0.25, now / 1.25))}>
          −
        </Button>
        <Button size="compact-xs" variant="default" aria-label="Larger" onClick={() => setScale((now) => Math.min(2, now * 1.25))}>
          +
        </Button>
      </Group>
      <div className="graph" tabIndex={0} role="group" aria-label="Layers">
        <Drawing graph={graph} scale={scale} />
      </div>
    </div>
  );
}

function Drawing({ graph: { layers, arrows, width, height }, scale }: { graph: LayerGraph; scale: number }) {
  return (
    <svg width={width * scale} height={height * scale} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${layers.length} layers, from ${layers[0]?.name} to ${layers.at(-1)?.name}`}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
          <path d="M0 0 L8 4 L0 8 z" className="arrow-head" />
        </marker>
      </defs>
      {arrows.map(({ from, to, points }) => (
        <polyline key={`${from} ${to}`} className="arrow" markerEnd="url(#arrow)" points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      ))}
      {layers.map(({ name, className, shape, params, x, y }) => (
        <g key={name} transform={`translate(${x - boxSize.width / 2} ${y - boxSize.height / 2})`}>
          <rect width={boxSize.width} height={boxSize.height} rx={7} className={params > 0 ? 'layer layer-trained' : 'layer'} />
          <text x={10} y={20} className="layer-name">
            {className} <tspan className="layer-quiet">{shorten(name, Math.floor((boxSize.width - 24 - className.length * 8) / 6.4))}</tspan>
          </text>
          <text x={10} y={38} className="layer-quiet">
            {shape === undefined ? '' : formatShape(shape)}
            {params > 0 ? ` · ${formatCount(params)}` : ''}
          </text>
          <title>{name}</title>
        </g>
      ))}
    </svg>
  );
}

const shorten = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`);
