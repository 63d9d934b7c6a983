import { supportedOptimizers } from '@trainyard/engine';
import { callbackNames, parseJobRequest } from '@trainyard/protocol';
import { describe, expect, it } from 'vitest';
import { networks } from './models.js';
import { monitorPlaceholder, requestOf, resumeCases } from './resume-cases.js';

describe('the cases of which training processes are killed', () => {
  it.each([['all', resumeCases], ['the ten of a short run', resumeCases.slice(0, 10)]])('%s have every optimizer, callback, network and way of data', (_, cases) => {
    const optimizers = new Set(cases.map(({ optimizer }) => optimizer.class_name.toLowerCase()));
    expect([...optimizers].sort()).toEqual(supportedOptimizers());
    expect(new Set(cases.flatMap(({ callbacks }) => callbacks.map(({ class_name }) => class_name)))).toEqual(new Set(callbackNames));
    expect(new Set(cases.map(({ network }) => network))).toEqual(new Set(Object.keys(networks)));
    expect(new Set(cases.map(({ data }) => data))).toEqual(new Set(['fit', 'fit_generator']));
  });

  it('have each optimizer in each meaning', () => {
    const meanings = new Set(resumeCases.map(({ optimizer }) => `${optimizer.class_name} ${'lr' in optimizer.config ? 2 : 3}`));
    for (const name of ['SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'Adamax', 'Nadam']) expect([...meanings]).toEqual(expect.arrayContaining([`${name} 2`, `${name} 3`]));
  });

  it.each(resumeCases.map((resume) => [resume.name, resume] as const))('%s is a request', (_, resume) => {
    expect(() => parseJobRequest(requestOf(resume, { csv: 'a.csv', monitor: monitorPlaceholder }))).not.toThrow();
  });
});
