import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { leftOf, removeProject } from '../../../cluster/compose/project.ts';
import { projectsOf, withDocker } from '../../support/docker.ts';
import { eventually, labFolder, runLab, startLab } from '../../support/lab.ts';

const SMALL = ['RUNTIME=compose', 'STRATEGY=lock', 'REPLICAS=2'];

describe('containers of a lab that was killed together with its reaper', withDocker, () => {
  const folder = labFolder();
  const kept = labFolder();
  after(async () => {
    for (const project of projectsOf(folder.path)) await removeProject(project);
    await runLab(kept.path, ['down']);
    folder.remove();
    kept.remove();
  });

  it('are removed at the next start, but not those of a living lab or of a cluster that stays', async () => {
    const up = await runLab(kept.path, ['up', ...SMALL, 'BOARDS=off']);
    assert.equal(up.status, 0, up.err);
    const killed = startLab(folder.path, ['herd', ...SMALL, 'RATE=50', 'EXPIRIES=1000']);
    await eventually('the herd', () => killed.out().includes('herd of 50'), 90_000);
    const [project = ''] = projectsOf(folder.path);
    process.kill(reaperOf(killed.child.pid ?? 0), 'SIGKILL');
    killed.child.kill('SIGKILL');
    await killed.ended;
    assert.notDeepEqual(await leftOf(project), []);

    const living = startLab(folder.path, ['herd', ...SMALL, 'RATE=50', 'EXPIRIES=1000']);
    await eventually('the herd', () => living.out().includes('herd of 50'), 90_000);
    assert.ok(living.out().includes(`removed what killed labs left behind: ${project}`), living.out());
    assert.deepEqual(await leftOf(project), []);

    const third = await runLab(folder.path, ['herd', ...SMALL, 'RATE=50', 'EXPIRIES=1']);
    assert.doesNotMatch(third.out, /removed what killed labs left behind/);
    assert.equal((await runLab(kept.path, ['status'])).status, 0);
    living.child.kill('SIGINT');
    assert.equal(await living.ended, 130);
  });
});

/** The pid of the reaper that this lab started. */
function reaperOf(lab: number): number {
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === lab && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('cluster/reaper.ts');
    } catch {
      return false;
    }
  });
  assert.ok(pid, 'the lab has a reaper');
  return Number(pid);
}
