export { Stack } from '@trainyard/stack';
