export type { CompiledStep, FeedSpec, Program, Runtime, StepDefinition, StepScope, UpdateRule, VariableSpec } from './runtime/runtime.js';
