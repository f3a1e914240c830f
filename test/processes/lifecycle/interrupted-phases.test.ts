import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type LabRun, labFolder, processesIn, startLab } from '../../support/lab.ts';

/** The lab promises 2 s; the rest is for a machine that does much else. */
const ENDED_WITHIN_MS = 4000;
const SMALL = ['RATE=50', 'REPLICAS=2', 'TTL=500ms'];

async function endsInTime(run: LabRun, folder: string): Promise<void> {
  const from = performance.now();
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 130, run.out() + run.err());
  const tookMs = performance.now() - from;
  assert.ok(tookMs < ENDED_WITHIN_MS, `it took ${tookMs.toFixed(0)} ms`);
  await eventually('the end of every process', () => processesIn(folder).length === 0, 5000);
}

describe('Ctrl-C ends the lab soon and leaves nothing behind', () => {
  const phases: readonly (readonly [phase: string, seen: RegExp, typed: readonly string[]])[] = [
    ['while the cluster starts', /^starting/m, ['herd', ...SMALL]],
    ['while the herd opens its connections', /^herd of/m, ['herd', ...SMALL]],
    ['in the middle of a herd', /expiry [1-9]\d*\//, ['herd', ...SMALL, 'EXPIRIES=100']],
    ['while a replica drains', /: injected/, ['herd', ...SMALL, 'FAULT=rolling-restart']],
    ['in a loop over strategies', /^run 1\//m, ['compare', 'RATE=50', 'REPLICAS=2', 'TRIALS=3']],
    ['in a loop over faults', /^runtime/m, ['faults', ...SMALL]],
    ['while keys expire together', /keys filled together/, ['jitter', ...SMALL, 'KEYS=20']],
    ['while leases are measured', /killed/, ['leases']],
    ['while a rehearsal waits for its alert', /broken:/, ['rehearse', 'ALERT=LeaseHeldByNobody']],
    ['while a cluster that is to stay starts', /^starting/m, ['up', 'REPLICAS=2']],
  ];
  for (const [phase, seen, typed] of phases) {
    it(phase, async (t) => {
      const folder = labFolder();
      t.after(() => folder.remove());
      const run = startLab(folder.path, typed);
      t.after(() => run.child.kill('SIGKILL'));
      await eventually('the phase', () => seen.test(run.out()), 60_000).catch((error) => {
        throw new Error(run.out() + run.err(), { cause: error });
      });
      await endsInTime(run, folder.path);
    });
  }
});

/** A docker command that an engine seems to answer, and whose builds do not end when they are told to. */
const STUBBORN = `#!/bin/sh
case "$*" in
  'context inspect'*) echo unix:///nowhere/docker.sock ;;
  version*) echo 28.0.0 ;;
  *' build '*)
    trap '' TERM INT
    : >building
    while :; do sleep 1; done ;;
esac
`;

function startBuild(folder: string): LabRun {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'docker'), STUBBORN);
  chmodSync(join(bin, 'docker'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  return startLab(folder, ['herd', 'RUNTIME=compose', ...SMALL], env);
}

describe('an image build that does not end at SIGTERM', () => {
  it('ends soon after Ctrl-C all the same', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const run = startBuild(folder.path);
    t.after(() => run.child.kill('SIGKILL'));
    await eventually('the build', () => existsSync(join(folder.path, 'building')), 30_000);
    await endsInTime(run, folder.path);
    assert.match(run.err(), /everything that was started has been ended/);
  });

  it('ends at once at a second Ctrl-C: the reaper kills what is left', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const run = startBuild(folder.path);
    t.after(() => run.child.kill('SIGKILL'));
    await eventually('the build', () => existsSync(join(folder.path, 'building')), 30_000);
    run.child.kill('SIGINT');
    await eventually('the first answer', () => run.err().includes('a second Ctrl-C'), 5000);
    // Two signals at the same moment count as one.
    await sleep(400);
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130);
    assert.match(run.err(), /interrupted twice; what still runs is killed/);
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });
});
