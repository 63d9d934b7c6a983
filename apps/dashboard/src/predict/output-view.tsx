import { Code, Text } from '@mantine/core';
import type { Json } from '@trainyard/protocol';
import { formatMetric } from '../format/numbers.js';
import { areProbabilities, topClasses } from './outputs.js';

const shown = 10;

/** An output: the likeliest classes as bars, a number, or the array as it is. */
export function OutputView({ name, value, classNames }: { name: string | undefined; value: Json; classNames: readonly string[] | undefined }) {
  const top = areProbabilities(value) ? topClasses(value, classNames, shown) : undefined;
  const number = Array.isArray(value) && value.length === 1 && typeof value[0] === 'number' ? value[0] : typeof value === 'number' ? value : undefined;
  return (
    <div>
      {name !== undefined && <Text fw={600}>{name}</Text>}
      {top !== undefined ? (
        <div className="bars" role="list" aria-label="The likeliest classes">
          {top.map(({ index, label, probability }, rank) => (
            <div key={index} role="listitem" className={`bar-row${rank === 0 ? ' bar-first' : ''}`} data-class={index}>
              <Text span size="sm" fw={rank === 0 ? 700 : 400} className="ends" title={label}>
                {label}
              </Text>
              <span className="bar">
                <span style={{ width: `${probability * 100}%` }} />
              </span>
              <span className="numbers">{(probability * 100).toFixed(1)} %</span>
            </div>
          ))}
        </div>
      ) : number !== undefined ? (
        <Text fz={32} fw={700} className="numbers">
          {formatMetric(number)}
        </Text>
      ) : (
        <Code block tabIndex={0} mah={360} className="scroll-code">
          {JSON.stringify(value, null, 1).slice(0, 20_000)}
        </Code>
      )}
    </div>
  );
}
