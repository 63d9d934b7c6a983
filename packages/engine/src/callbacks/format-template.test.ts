import { describe, expect, it } from 'vitest';

import { formatTemplate } from './format-template.js';

/** Expected texts are what Python 3's str.format gives. */
describe('formatTemplate', () => {
  it.each([
    ['model-ep{epoch:03d}-loss{loss:.3f}-val_loss{val_loss:.3f}.h5', 'model-ep007-loss0.123-val_loss1.500.h5'],
    ['{epoch}', '7'],
    ['{epoch:02d}.{loss:.2e}.{loss:08.3f}', '07.1.23e-01.0000.123'],
    ['{loss:%}-{loss:.1%}', '12.345679%-12.3%'],
    ['{loss:g}|{tiny:g}|{big:.3g}', '0.123457|1.5e-07|1.23e+06'],
    ['{{{epoch}}}', '{7}'],
    ['{epoch:5d}|', '    7|'],
    ['{nan:.2f}', 'nan'],
  ])('%s', (template, expected) => {
    expect(formatTemplate(template, { epoch: 7, loss: 0.1234567891, val_loss: 1.5, tiny: 1.5e-7, big: 1234567, nan: NaN })).toBe(expected);
  });

  it('says which names there are', () => {
    expect(() => formatTemplate('{val_acc:.2f}', { epoch: 1, loss: 2 })).toThrow('expected one of epoch, loss in braces, received "val_acc"');
    expect(() => formatTemplate('{loss:x}', { loss: 2 })).toThrow('expected a format such as 03d, .3f or .2e, received "x"');
    expect(() => formatTemplate('{loss:d}', { loss: 2.5 })).toThrow('expected an integer for the format d, received 2.5');
  });
});
