import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LocalStanding } from '../../cluster/local/standing.ts';
import { eventually, labFolder, processesIn, runLab } from '../support/lab.ts';
import { order, startConsole } from './console-process.ts';

/** What one step may take on a machine that does much else. */
const [SOON_MS, ENDED_WITHIN_MS, HEALED_WITHIN_MS] = [90_000, 10_000, 45_000];

/** A run that would last for minutes. */
const LONG = { STRATEGY: 'lock', RATE: '50', REPLICAS: '2', EXPIRIES: '200' };

const isThere = (...path: string[]): boolean =>
  (statSync(join(...path), { throwIfNoEntry: false })?.size ?? 0) > 0;

const runsIn = (folder: string): string[] =>
  isThere(folder, 'results') ? readdirSync(join(folder, 'results')).filter((name) => name !== 'latest') : [];

/** How many runs have had requests. */
const underLoad = (folder: string): number =>
  runsIn(folder).filter((run) => isThere(folder, 'results', run, 'history.jsonl')).length;

test('a run that a page started ends as by Ctrl-C, when the page stops it and when the console is killed', async (t) => {
  const page = await startConsole(t);
  const { pid } = page.lab.child;
  assert.equal((await order(page, 'POST', 'herd', LONG)).status, 202);
  assert.equal((await order(page, 'POST', 'herd', LONG)).status, 400, 'one at a time');
  await eventually('requests', () => underLoad(page.folder) === 1, SOON_MS);
  assert.equal((await order(page, 'DELETE', 'herd')).status, 202);
  const isAlone = () => processesIn(page.folder).every((one) => one === pid);
  await eventually('the end of all but the console', isAlone, ENDED_WITHIN_MS);
  assert.equal((await order(page, 'POST', 'herd', LONG)).status, 202);
  await eventually('requests again', () => underLoad(page.folder) === 2, SOON_MS);
  page.lab.child.kill('SIGKILL');
  await page.lab.ended;
  await eventually('the end of every process', () => processesIn(page.folder).length === 0, ENDED_WITHIN_MS);
});

test('a console that is killed during a fault on a cluster that stays leaves it healed, and without its load', async (t) => {
  const folder = labFolder();
  const { path } = folder;
  t.after(async () => {
    await runLab(path, ['down']);
    folder.remove();
  });
  const page = await startConsole(t, { folder: path });
  const up = { REPLICAS: '2', STRATEGY: 'lock', TTL: '500ms', LEASE: '500ms' };
  assert.equal((await order(page, 'POST', 'up', up)).status, 202);
  await eventually('the cluster', () => isThere(path, '.lab/cluster.json'), SOON_MS);
  const { processes }: LocalStanding = JSON.parse(readFileSync(join(path, '.lab/cluster.json'), 'utf8'));
  const redis = processes.find(({ name }) => name === 'redis')?.pid ?? 0;
  assert.equal((await order(page, 'POST', 'load', { RATE: '50' })).status, 202);
  assert.equal((await order(page, 'POST', 'fault', { FAULT: 'redis-stall' })).status, 202);
  await eventually('a frozen Redis', () => isFrozen(redis), SOON_MS);
  page.lab.child.kill('SIGKILL');
  await page.lab.ended;
  const labs = () => processesIn(path).filter((one) => /lab\/cli|load\//.test(textIn(one, 'cmdline')));
  await eventually('the end of the fault and of the load', () => labs().length === 0, HEALED_WITHIN_MS);
  assert.ok(!isFrozen(redis));
  assert.ok(processesIn(path).length > 0, 'the cluster is up');
});

/** Tells whether a process is stopped, as Linux says it. */
const isFrozen = (pid: number): boolean => /^State:\s+T/m.test(textIn(pid, 'status'));

/** What Linux says of a process; nothing if it has ended. */
function textIn(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
