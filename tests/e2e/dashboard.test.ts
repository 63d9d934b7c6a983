import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Client } from '@trainyard/client';
import type { JsonObject } from '@trainyard/protocol';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { noChromium, startChromium } from '../support/chromium.js';
import { endUp, makeHome, removeHome, startUp, type TrainyardUp } from '../support/trainyard-up.js';

vi.setConfig({ testTimeout: 180_000 }); // perhaps on a busy machine

const example = path.resolve(import.meta.dirname, '../../examples/digits');
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

// One story, told in the order of the tests: each goes on where the one before it ended.
describe.skipIf(noChromium !== undefined)(`the web page in a browser${noChromium === undefined ? '' : ` (skipped: ${noChromium})`}`, () => {
  let up: TrainyardUp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let client: Client;
  /** What went wrong in the page, and requests to anybody else. */
  const faults: string[] = [];
  let offline = false;

  beforeAll(async () => {
    up = await startUp(await makeHome());
    client = new Client({ url: up.url, apiKey: up.apiKey });
    browser = await startChromium();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.setDefaultTimeout(40_000);
    page.on('console', (message) => !offline && message.type() === 'error' && faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(up.url) && faults.push(`a request to ${request.url()}`));
  });
  afterAll(async () => {
    await browser?.close();
    await endUp(up);
    await removeHome(up.home);
  });

  /** Serious findings of axe-core: what it says, and where. */
  async function findings(): Promise<string[]> {
    // As the debugger does it: the page's policy lets no script tag in.
    if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axeSource);
    const violations = await page.evaluate<Violation[]>('axe.run().then((result) => result.violations)');
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} (${failureSummary})`).join('\n')}`);
  }

  const status = (name: string) => page.locator(`.status[data-status="${name}"]`);
  let jobId: string;

  test('a link logs in; the key goes nowhere but into the browser', async () => {
    await page.goto(`${up.url}/#key=${up.apiKey}`);
    await page.getByText('There are no jobs yet').waitFor();
    expect(page.url()).toBe(`${up.url}/`);
    expect(await page.evaluate<string[]>('Object.values(localStorage)')).toContain(up.apiKey);
    expect.soft(await findings()).toEqual([]);
  });

  test('without a key it asks for one, and says when it is wrong', async () => {
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    await other.goto(up.url);
    await other.getByLabel('API key').fill('ty_wrong');
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByText('This key was not accepted').waitFor();
    await other.getByLabel('API key').fill(up.apiKey);
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByRole('heading', { name: 'Jobs' }).waitFor();
    await stranger.close();
  });

  test('a job is put together from a model and a file of data, checked on the way', async () => {
    await page.getByRole('link', { name: 'New job' }).first().click();
    await page.getByLabel('Choose a model').setInputFiles(path.join(example, 'model.json'));
    await page.getByText('The model is valid').waitFor();
    await page.getByText('25,274').first().waitFor();
    await page.getByLabel('Choose a file of data').setInputFiles(path.join(example, 'digits.npz'));
    await page.getByText('The job is valid').waitFor();
    const preview = page.getByRole('region', { name: 'What is in the dataset' });
    await preview.getByRole('img', { name: 'A picture of 8 by 8 pixels' }).first().waitFor();
    await expect.poll(() => preview.getByRole('list', { name: 'Classes of y' }).getByRole('listitem').count(), { timeout: 30_000 }).toBe(10);
    expect.soft(await findings()).toEqual([]);
    await page.getByLabel('Epochs', { exact: true }).fill('5000'); // more than the story is long
    await page.getByLabel('Name').fill('from the page');
    await page.getByRole('combobox', { name: 'Loss' }).fill('no_such_loss');
    await page.getByText(/things? (is|are) wrong/).waitFor();
    await page.getByRole('combobox', { name: 'Loss' }).fill('sparse_categorical_crossentropy');
    await page.getByText('The job is valid').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Create the job' }).isEnabled(), { timeout: 40_000 }).toBe(true);
    await page.getByRole('button', { name: 'Create the job' }).click();
    await page.getByRole('heading', { name: 'from the page' }).waitFor();
    jobId = /job_\w+/.exec(page.url())![0];
    expect(await client.jobs.get(jobId)).toMatchObject({ name: 'from the page', fit: { epochs: 5000 } });
  });

  test('its curves move while it trains', async () => {
    await status('running').first().waitFor();
    const metrics = page.getByTestId('latest-metrics');
    await metrics.waitFor();
    const describeLoss = async () => page.getByRole('img', { name: /^loss: loss ends at/ }).getAttribute('aria-label');
    const [before, curveBefore] = [await metrics.textContent(), await describeLoss()];
    await expect.poll(() => metrics.textContent(), { timeout: 30_000 }).not.toBe(before);
    await expect.poll(describeLoss, { timeout: 30_000 }).not.toBe(curveBefore);
    await page.getByRole('img', { name: /val_loss ends at \d/ }).waitFor();
    expect(await page.locator('.chart canvas').count()).toBe(2);
    expect.soft(await findings()).toEqual([]);
  });

  test('a stretch that is dragged over, or chosen by keys, is zoomed in to, and asked for anew', async () => {
    const plot = page.locator('.chart .u-over').first();
    const box = (await plot.boundingBox())!;
    const asked = page.waitForRequest(/metrics\?.*from_step=\d+&to_step=\d+/);
    await page.mouse.move(box.x + box.width * 0.2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await asked;
    const showAll = page.getByRole('button', { name: 'Show all' });
    await showAll.click();
    const askedByKey = page.waitForRequest(/metrics\?.*from_step=\d+&to_step=\d+/);
    await page.locator('.chart').first().press('+');
    await askedByKey;
    await page.locator('.chart').first().press('0');
    await expect.poll(() => showAll.isDisabled()).toBe(true);
    await page.getByRole('switch', { name: 'Log scale' }).check();
    await page.getByText('Per epoch').click();
    await page.getByRole('img', { name: /^acc: acc ends at/ }).waitFor();
  });

  test('events, logs, the model, its graph and its arguments are there', async () => {
    const tab = (name: string) => page.getByRole('tab', { name });
    await tab('Events').click();
    await page.getByText(/^epoch \d+, step \d+: loss/).first().waitFor();
    await tab('Logs').click();
    await page.getByText(/^Epoch \d+\/5000/).first().waitFor();
    await tab('Model').click();
    await page.getByText('Total params: 25,274').waitFor();
    await page.getByText('Graph', { exact: true }).click();
    await page.getByRole('img', { name: /^12 layers, from conv2d_1 to dense_2$/ }).waitFor();
    await tab('Configuration').click();
    await page.getByText('"epochs": 5000').waitFor();
    expect.soft(await findings()).toEqual([]);
  });

  test('another job is cancelled from the list', async () => {
    const body = { ...(JSON.parse(await readFile(path.join(example, 'spec.json'), 'utf8')) as JsonObject), model: JSON.parse(await readFile(path.join(example, 'model.json'), 'utf8')) as JsonObject };
    const other = await client.jobs.create({ ...body, name: 'unwanted', metadata: { team: 'vision' } });
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByRole('link', { name: 'unwanted' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('UNWANT');
    await expect.poll(() => page.getByRole('link', { name: 'from the page' }).count(), { timeout: 30_000 }).toBe(0);
    await page.getByRole('checkbox', { name: 'Select unwanted' }).check();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click();
    await status('cancelled').waitFor();
    expect((await client.jobs.get(other.id)).status).toBe('cancelled');
    expect.soft(await findings()).toEqual([]);
  });

  test('the job is stopped, and its checkpoint downloaded', async () => {
    await page.goto(`${up.url}/#/jobs/${jobId}?tab=checkpoints`);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
    expect(await client.jobs.finished(jobId)).toMatchObject({ status: 'succeeded', error: null });
    await status('succeeded').first().waitFor();
    await page.getByText('user stop').waitFor();
    await page.getByText('final', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Download / }).first().click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /any Keras/ }).click()]);
    expect(download.suggestedFilename()).toMatch(/\.h5$/);
    expect((await readFile(await download.path())).subarray(1, 4).toString()).toBe('HDF');
    await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
    expect.soft(await findings()).toEqual([]);
  });

  test('it predicts a digit that is drawn', async () => {
    await page.getByRole('link', { name: 'Predict' }).last().click();
    const pad = page.getByTestId('pad');
    const box = (await pad.boundingBox())!;
    const at = (x: number, y: number) => [box.x + (box.width * (x + 0.5)) / 8, box.y + (box.height * (y + 0.5)) / 8] as const;
    await page.mouse.move(...at(4, 1));
    await page.mouse.down();
    await page.mouse.move(...at(4, 6), { steps: 12 });
    await page.mouse.up();
    const sent = page.waitForRequest(/\/predict$/);
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    const { instances } = (await sent).postDataJSON() as { instances: number[][][][] };
    expect(instances[0]).toHaveLength(8);
    expect(instances[0]![3]![4]).toEqual([16]); // white of these data
    const answer = page.getByTestId('prediction');
    await answer.getByText(/ms from here/).waitFor();
    expect(await answer.getByRole('listitem').count()).toBe(10);
    expect.soft(await findings()).toEqual([]);
  });

  test('a checkpoint answers under a name, which is split, rolled back and asked', async () => {
    await page.goto(`${up.url}/#/jobs/${jobId}?tab=checkpoints`);
    await page.getByRole('button', { name: /^Serve as …: best-/ }).last().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Name' }).fill('Digits');
    await dialog.getByText(/expected 1 to 63 of the characters/).waitFor();
    await dialog.getByRole('combobox', { name: 'Name' }).fill('digits');
    expect.soft(await findings()).toEqual([]);
    await dialog.getByRole('button', { name: 'Let it answer' }).click();
    await page.getByRole('link', { name: 'answers as digits' }).click();
    await page.getByText(/^Version 1 answers, since/).waitFor();
    await page.getByText(/\/v2\/models\/digits\/infer -d/).waitFor();
    expect.soft(await findings()).toEqual([]);

    await page.getByRole('button', { name: 'Move or split' }).click();
    await dialog.getByRole('button', { name: 'Split with another' }).click();
    await dialog.getByLabel('Target 1: weight').fill('3');
    const second = dialog.getByRole('group', { name: 'Target 2' });
    await second.getByRole('combobox', { name: 'Job' }).fill('from the');
    await page.getByRole('option', { name: /^from the page/ }).click();
    await dialog.getByRole('button', { name: 'Let it answer' }).click();
    await page.getByText(/^Version 2 answers, since/).waitFor();
    await page.getByRole('list', { name: 'What answers' }).getByText('75 %').waitFor();
    expect((await client.models.get('digits')).split).toMatchObject([{ job: jobId, weight: 3 }, { job: jobId, weight: 1 }]);

    await page.getByRole('button', { name: 'Roll back' }).click();
    await dialog.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText(/^Version 1 answers, since/).waitFor();
    expect((await client.models.get('digits')).version).toBe(1);
    await page.getByRole('main').getByRole('link', { name: 'Predict' }).click();
    await page.getByTestId('pad').click();
    await page.getByRole('button', { name: 'Predict', exact: true }).click();
    await page.getByTestId('prediction').getByText(/ms from here.*version 1, ckpt_/).waitFor();
    expect.soft(await findings()).toEqual([]);
  });

  test('a checkpoint is applied to the whole dataset, and what comes of it is shown', async () => {
    await page.goto(`${up.url}/#/jobs/${jobId}?tab=evaluations`);
    const dialog = page.getByRole('dialog');
    for (const what of ['Predict', 'Evaluate']) {
      await page.getByRole('button', { name: 'Evaluate or predict' }).click();
      await dialog.getByRole('radiogroup', { name: 'What is done' }).getByText(what).click();
      await dialog.getByRole('combobox', { name: 'Dataset' }).waitFor();
      if (what === 'Evaluate') expect.soft(await findings()).toEqual([]);
      await dialog.getByRole('button', { name: what, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    const evaluation = page.locator('tr[data-kind="evaluate"]');
    const [download] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), page.getByRole('button', { name: /^Download, / }).click()]);
    expect((await readFile(await download.path())).subarray(0, 2).toString()).toBe('PK');
    await evaluation.getByText(/^loss \S+, acc \S+$/).waitFor();
    expect.soft(await findings()).toEqual([]);
    await evaluation.getByRole('link').first().click();
    await page.getByTestId('evaluation').getByText('acc', { exact: true }).waitFor();
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Result', 'Model', 'Configuration', 'Events', 'Logs', 'Attempts', 'Resources']);
    expect.soft(await findings()).toEqual([]);
  });

  test('what a job took of its machine', async () => {
    expect(faults).toEqual([]);
    await page.goto(`${up.url}/#/jobs/${jobId}?tab=resources`);
    await page.getByRole('img', { name: /^CPU: CPU ends at/ }).or(page.getByText(/^Nothing was measured of this job/)).first().waitFor();
    expect.soft(await findings()).toEqual([]);
    // Where the server does not measure, the browser itself notes the 404 as an error of its console.
    expect(faults.splice(0).filter((fault) => !fault.includes('404'))).toEqual([]);
  });

  test.each([
    ['compare', () => `compare?jobs=${jobId}`, 'Compare'],
    ['models', () => 'models', 'Models'],
    ['datasets', () => 'datasets', 'Datasets'],
    ['files', () => 'files', 'Files'],
    ['keys', () => 'keys', 'API keys'],
    ['health', () => 'health', 'Health'],
  ])('the page %s', async (_, place, heading) => {
    await page.goto(`${up.url}/#/${place()}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await expect.poll(() => page.locator('.mantine-Skeleton-root').count(), { timeout: 30_000 }).toBe(0);
    expect.soft(await findings()).toEqual([]);
  });

  test('the guide: its pages, by keys, in the light and on a phone in the dark', async () => {
    expect(await page.getByRole('link', { name: 'Guide', exact: true }).getAttribute('href')).toMatch(/guide$/);
    for (const [name, heading] of [['tutorial', 'From a Keras script to a served model, in ten minutes'], ['keras', 'From Keras to Trainyard']] as const) {
      await page.goto(`${up.url}/guide/${name}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter'); // the first link skips the navigation
      expect(page.url()).toMatch(/#text$/);
      expect(await page.getByRole('navigation', { name: 'Guide' }).getByRole('link').count()).toBeGreaterThan(20);
      expect.soft(await findings(), name).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of ['keras', 'benchmarks', 'dashboard', 'reference']) {
      await page.goto(`${up.url}/guide/${name}`);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(390);
      expect(await page.evaluate<boolean>("[...document.images].every((image) => image.loading === 'lazy' || image.complete)")).toBe(true);
    }
    await page.goto(`${up.url}/guide/benchmarks`);
    await page.getByText('Contents', { exact: true }).click();
    await page.getByRole('navigation', { name: 'Contents' }).getByRole('link', { name: 'Operations' }).waitFor();
    expect.soft(await findings(), 'on a phone').toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  test('bad answers are shown with their detail', async () => {
    await page.goto(`${up.url}/#/jobs/job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D`);
    await page.getByText('there is no job job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D').waitFor();
    // The browser itself notes the 404 as an error of its console.
    expect(faults.splice(0).every((fault) => fault.includes('404'))).toBe(true);
  });

  test('it says when the server is away, and when it is back', async () => {
    await page.goto(`${up.url}/#/`);
    await page.getByTestId('connected').waitFor();
    offline = true;
    await context.setOffline(true);
    await page.getByTestId('disconnected').waitFor();
    await page.getByTestId('lost').waitFor();
    await context.setOffline(false);
    await page.getByTestId('connected').waitFor();
    offline = false;
  });

  test('on a phone, in the dark', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    const places = [['', 'Jobs'], [`jobs/${jobId}`, 'from the page'], ['new', 'New job'], [`jobs/${jobId}?tab=evaluations`, 'from the page'], [`predict?job=${jobId}`, 'Predict'], ['models', 'Models'], ['models/digits', 'digits'], ['files', 'Files'], ['keys', 'API keys']] as const;
    for (const [place, name] of places) {
      await page.goto(`${up.url}/#/${place}`);
      await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth'), place).toBeLessThanOrEqual(390);
      expect.soft(await findings(), place).toEqual([]);
    }
  });

  test('nothing went wrong in the page, and no other host was asked for anything', () => {
    expect(faults).toEqual([]);
  });
});
