import * as tf from '@tensorflow/tfjs-core';

import type { UpdateRule } from './runtime.js';

/** The formula of an update rule, spelled out in ops: the new values by variable. `read` answers a variable's value before the update. */
export function applyRule(rule: UpdateRule, read: (variable: string) => tf.Tensor): [variable: string, value: tf.Tensor][] {
  const p = read(rule.variable);
  const g = rule.gradient;
  switch (rule.kind) {
    case 'gradient_descent':
      return [[rule.variable, tf.sub(p, tf.mul(rule.learningRate, g))]];
    case 'momentum': {
      const step = tf.mul(rule.learningRate, g);
      const m = tf.sub(tf.mul(read(rule.momentumSlot), rule.momentum), step);
      const moved = rule.nesterov ? tf.sub(tf.mul(m, rule.momentum), step) : m;
      return [
        [rule.momentumSlot, m],
        [rule.variable, tf.add(p, moved)],
      ];
    }
    default:
      return rule satisfies never;
  }
}
