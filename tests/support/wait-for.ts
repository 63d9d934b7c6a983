export { waitFor } from '@trainyard/stack';
