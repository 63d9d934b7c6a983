export { AppProcess } from '@trainyard/stack';
