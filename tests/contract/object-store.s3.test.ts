import { openObjectStore } from '@trainyard/object-store';
import { afterAll, beforeAll, describe } from 'vitest';
import { checkObjectStore } from '../support/check-object-store.js';
import { startSeaweed, whyNoSeaweed, type Seaweed } from '../support/seaweed.js';

const reason = await whyNoSeaweed();

describe.skipIf(reason !== undefined)(`SeaweedFS${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let seaweed: Seaweed;
  beforeAll(async () => {
    seaweed = await startSeaweed();
  });
  afterAll(() => seaweed.stop());

  checkObjectStore('s3', () => openObjectStore(`s3://${seaweed.bucket}`, seaweed.config));
  checkObjectStore('s3 below a prefix', () => openObjectStore(`s3://${seaweed.bucket}/some/prefix`, seaweed.config));
});
