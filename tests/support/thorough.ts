/** Whether tests do all that they can, and not a share of it that fits into the time that a change may wait for them. */
export const thorough = process.env['TRAINYARD_TEST_ALL'] === '1';
