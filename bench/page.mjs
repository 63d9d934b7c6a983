// What the web page takes where there is much to show: 10,000 jobs, and a job of a million steps. In Chromium, on this machine.
//   node bench/page.mjs
import { execFileSync } from 'node:child_process';
import { rewindExtremes } from '@trainyard/database/testing';
import { encodeNpz } from '@trainyard/ndarray';
import { smallJob, Stack, twoClasses } from '@trainyard/stack';
import { chromium } from 'playwright-core';

const JOBS = 10_000;
const STEPS = 1_000_000;
const REPEATS = 7;
/** A stretch that is dragged over at the end of each zoom, in parts of the chart. */
const ZOOMS = [[0.2, 0.8], [0.3, 0.7], [0.1, 0.9], [0.25, 0.75]];

const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, part) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))];
const ms = (values) => `median ${at(values, 0.5).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms`;

async function repeated(measure) {
  const took = [];
  for (let i = 0; i < REPEATS; i++) took.push(await measure());
  return took;
}

/** A job that has trained, and some thousands like it, one of which has a million steps. @returns its id */
async function fill({ api, postgres }) {
  await api.upload('two-classes.npz', encodeNpz(Object.entries(twoClasses(128))));
  const { id } = await api.submit(smallJob({ fit: { batch_size: 4, epochs: 1 } }));
  await api.until(id, 'succeeded');
  const long = `job_7${'Z'.repeat(25)}`; // the newest of all; it has no History, so that what is drawn are steps
  const run = (statement, ...values) => postgres.database.run((client) => client.$executeRawUnsafe(statement, ...values));
  const copies = `INSERT INTO jobs SELECT (jsonb_populate_record(job, jsonb_build_object('id', copy.id, 'name', copy.name))).* FROM jobs AS job`;
  await run(`${copies}, (SELECT 'job_0' || lpad(n::text, 25, '0') AS id, 'copy ' || n AS name FROM generate_series(1, ${JOBS - 2}) AS n) AS copy WHERE job.id = $1`, id);
  await run(`${copies}, (SELECT $2::text AS id, 'a million steps' AS name) AS copy WHERE job.id = $1`, id, long);
  await run(`UPDATE jobs SET progress = jsonb_build_object('epoch', 0, 'epochs', 1, 'step', ${STEPS}, 'steps_per_epoch', ${STEPS}, 'fraction', 1, 'eta_s', null) WHERE id = $1`, long);
  await run(
    `INSERT INTO metric_rows (job_id, step, attempt, epoch, metrics)
     SELECT $1, n, 1, 0, json_build_object('loss', exp(-n / 2e5) + 0.1 * random(), 'acc', 1 - 0.5 * exp(-n / 2e5) - 0.1 * random()) FROM generate_series(1, ${STEPS}) AS n`,
    long,
  );
  await postgres.database.transaction((transaction) => rewindExtremes(transaction, long, -1)); // made of the rows that are there
  await run('ANALYZE');
  return long;
}

/** Milliseconds from the start of a visit until the page shows `selector`, as it sees them itself. */
async function shown(context, url, selector) {
  const page = await context.newPage();
  try {
    await page.addInitScript(`{
      const look = () => document.querySelector(${JSON.stringify(selector)}) ? requestAnimationFrame(() => setTimeout(() => (window.shownAfter = performance.now()))) : requestAnimationFrame(look);
      look();
    }`);
    await page.goto(url);
    return await (await page.waitForFunction('window.shownAfter')).jsonValue();
  } finally {
    await page.close();
  }
}

/** Milliseconds from a click on a link of the page until it shows `selector`. */
async function clicked(page, link, selector) {
  await page.evaluate(`addEventListener('click', () => {
    const start = performance.now();
    const look = () => document.querySelector(${JSON.stringify(selector)}) ? requestAnimationFrame(() => setTimeout(() => (window.shownAfter = performance.now() - start))) : requestAnimationFrame(look);
    window.shownAfter = undefined;
    look();
  }, { capture: true, once: true })`);
  await page.getByRole('link', { name: link }).first().click();
  return (await page.waitForFunction('window.shownAfter')).jsonValue();
}

/** Milliseconds between frames while stretches of the curve are zoomed in to, and all of it is shown again. */
async function frames(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  const chart = page.locator('.chart .u-over').first();
  await chart.waitFor();
  await page.waitForTimeout(1000);
  await page.evaluate(`{
    window.frameTimes = [];
    let before = performance.now();
    const next = (now) => { window.frameTimes.push(now - before); before = now; requestAnimationFrame(next); };
    requestAnimationFrame(next);
  }`);
  const box = await chart.boundingBox();
  for (const [from, to] of ZOOMS) {
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + from * box.width, y);
    await page.mouse.down();
    await page.mouse.move(box.x + to * box.width, y, { steps: 30 });
    await page.mouse.up();
    await page.waitForTimeout(400);
    await page.mouse.dblclick(box.x + box.width / 2, y);
    await page.waitForTimeout(400);
  }
  const times = await page.evaluate('window.frameTimes');
  await page.close();
  return times.slice(1);
}

const stack = await Stack.start();
let browser;
try {
  const worker = await stack.startWorker();
  const long = await fill(stack);
  await worker.stop();
  const { url } = stack.api;
  const timed = (path) => async () => {
    const start = performance.now();
    await stack.api.get(path);
    return performance.now() - start;
  };
  console.log(`GET /v1/jobs?limit=100 of ${JOBS} jobs: ${ms(await repeated(timed('/v1/jobs?limit=100')))}`);
  console.log(`GET /v1/jobs/{id}/metrics?max_points=2000 of ${STEPS} steps: ${ms(await repeated(timed(`/v1/jobs/${long}/metrics?max_points=2000`)))}`);
  console.log(`the same of steps 300,000 to 700,000: ${ms(await repeated(timed(`/v1/jobs/${long}/metrics?max_points=2000&from_step=300000&to_step=700000`)))}`);
  console.log(`the same of steps 300,000 to 350,000: ${ms(await repeated(timed(`/v1/jobs/${long}/metrics?max_points=2000&from_step=300000&to_step=350000`)))}`);

  const executablePath = execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'], { encoding: 'utf8' }).trim();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const first = await browser.newContext({ bypassCSP: true });
  console.log(`the list of ${JOBS} jobs, first visit of a browser: ${ms([await shown(first, `${url}/`, '.job-row[data-index]')])}`);
  console.log(`the list again: ${ms(await repeated(() => shown(first, `${url}/`, '.job-row[data-index]')))}`);
  const page = await first.newPage();
  const toTheList = async () => {
    await page.goto(`${url}/#/health`);
    await page.reload(); // nothing is known of the list
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    await page.waitForTimeout(500);
    return clicked(page, 'Jobs', '.job-row[data-index]');
  };
  console.log(`the list from another place of the page: ${ms(await repeated(toTheList))}`);
  console.log(`curves of ${STEPS} steps: ${ms(await repeated(() => shown(first, `${url}/#/jobs/${long}`, '.chart .u-over')))}`);
  const between = await frames(first, `${url}/#/jobs/${long}`);
  console.log(`zooming: ${between.length} frames, median ${at(between, 0.5).toFixed(1)} ms, p95 ${at(between, 0.95).toFixed(1)} ms, longest ${Math.max(...between).toFixed(0)} ms`);
} finally {
  await browser?.close();
  await stack.stop();
}
