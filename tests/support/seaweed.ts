export { startSeaweed, whyNoSeaweed, type Seaweed } from '@trainyard/bench/seaweed';
