import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { isAlive, type ProcessIdentity } from '../../../cluster/process-identity.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { degradedMode } from '../../../lab/rehearsals/degraded-mode.ts';
import { leaseHeldByNobody } from '../../../lab/rehearsals/lease-held-by-nobody.ts';
import type { Rehearsal } from '../../../lab/rehearsals/rehearsal.ts';
import { rehearse } from '../../../lab/rehearsals/run/rehearse.ts';
import { eventually, labFolder, processesIn, runLab, startLab } from '../../support/lab.ts';

/** The steps of a rehearsal, in the order in which they were printed. */
const stepsIn = (out: string) => [...out.matchAll(/^ *\d+ s {2}([a-z]+):? ?/gm)].map(([, step]) => step);
const inOrder = (out: string, wanted: readonly string[]) =>
  assert.deepEqual(
    stepsIn(out).filter((step = '') => wanted.includes(step)),
    wanted,
    out,
  );

describe('make rehearse', () => {
  const folder = labFolder();
  after(() => folder.remove());
  // The reapers see by themselves that the lab has gone.
  afterEach(() => eventually('the end of all', () => processesIn(folder.path).length === 0, 10_000));

  it('OriginSaturated: silent, broken, firing, healed, gone', async () => {
    const run = await runLab(folder.path, ['rehearse', 'ALERT=OriginSaturated']);
    assert.equal(run.status, 0, run.out + run.err);
    inOrder(run.out, ['silent', 'broken', 'firing', 'remedy', 'healed', 'gone', 'passed']);
    assert.match(run.out, /docs\/runbook\.md#originsaturated/);
    for (const line of run.out.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('DegradedMode by hand: it goes when somebody types make heal, and what that started ends too', async (t) => {
    const run = startLab(folder.path, ['rehearse', 'ALERT=DegradedMode', 'HEAL=by-hand']);
    t.after(() => run.child.kill('SIGINT'));
    await eventually('the alert', () => /your turn/.test(run.out()), 120_000).catch((error) => {
      throw new Error(run.out() + run.err(), { cause: error });
    });
    const second = await runLab(folder.path, ['rehearse', 'ALERT=DegradedMode']);
    assert.equal(second.status, 64, second.err);
    const healed = await runLab(folder.path, ['heal']);
    assert.match(healed.out, /started again: redis/);
    const { processes } = JSON.parse(readFileSync(join(folder.path, '.lab/cluster.json'), 'utf8'));
    const redis = processes.find(({ name }: { name: string }) => name === 'redis') as ProcessIdentity;
    assert.ok(isAlive(redis));
    assert.equal(await run.ended, 0, run.out() + run.err());
    assert.ok(!isAlive(redis), 'the Redis that make heal has started lives on');
    inOrder(run.out(), ['silent', 'broken', 'firing', 'your', 'gone', 'passed']);
    assert.match((await runLab(folder.path, ['status'])).out, /no cluster is up/);
  });
});

describe('a rehearsal fails', () => {
  const folder = labFolder();
  const here = process.cwd();
  const out: string[] = [];
  before(() => {
    process.chdir(folder.path);
    mock.method(console, 'log', (line: string) => out.push(line));
  });
  after(() => {
    mock.restoreAll();
    process.chdir(here);
    folder.remove();
  });

  const settings = settingsFrom(
    valuesFrom('herd', ['REPLICAS=2', 'RATE=50', 'TTL=500ms', 'RECOMPUTE=50ms', 'RUNTIME=local']),
  );
  const rehearsed = (rehearsal: Rehearsal, patience: { firesWithinMs: number; goesWithinMs: number }) =>
    rehearse(rehearsal, { settings, byHand: false, signal: new AbortController().signal, patience });

  it('if its alert does not fire', async () => {
    // This one needs 15 s of waits, whatever the machine does.
    const patience = { firesWithinMs: 3000, goesWithinMs: 1000 };
    assert.equal(await rehearsed({ ...leaseHeldByNobody, hit: async () => {} }, patience), false);
    assert.match(
      out.splice(0).join('\n'),
      /failed: the firing of LeaseHeldByNobody did not happen within 3000 ms/,
    );
  });

  it('if its alert does not go', async () => {
    const patience = { firesWithinMs: 60_000, goesWithinMs: 6000 };
    assert.equal(await rehearsed({ ...degradedMode, heal: async () => {} }, patience), false);
    assert.match(
      out.splice(0).join('\n'),
      /firing:[\s\S]*failed: the silence of DegradedMode did not happen within/,
    );
  });
});
