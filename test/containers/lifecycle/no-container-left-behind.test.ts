import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { docker } from '../../../cluster/compose/docker.ts';
import { containersOf, leftOf } from '../../../cluster/compose/project.ts';
import { projectsOf, withDocker } from '../../support/docker.ts';
import { eventually, type LabRun, labFolder, startLab } from '../../support/lab.ts';

const SMALL = ['RUNTIME=compose', 'STRATEGY=lock', 'REPLICAS=3', 'RATE=200', 'EXPIRIES=1000'];

describe('no container is left behind', withDocker, () => {
  const folder = labFolder();
  after(() => folder.remove());

  const running: LabRun[] = [];
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill('SIGINT');
      await ended;
    }
  });

  const started = async () => {
    const before = projectsOf(folder.path);
    const run = startLab(folder.path, ['herd', ...SMALL]);
    running.push(run);
    const fresh = () => projectsOf(folder.path).filter((project) => !before.includes(project));
    await eventually('the start', () => fresh().length > 0, 60_000);
    return { run, project: fresh()[0] as string };
  };
  const underLoad = async () => {
    const { run, project } = await started();
    await eventually('the herd', () => run.out().includes('herd of 200'), 60_000);
    return { run, project };
  };
  const beingMade = async () => {
    const { run, project } = await started();
    const giveUpAt = performance.now() + 60_000;
    while ((await leftOf(project)).length === 0) assert.ok(performance.now() < giveUpAt);
    assert.ok(!run.out().includes('herd of 200'));
    return { run, project };
  };
  const gone = async (project: string) => {
    const giveUpAt = performance.now() + 20_000;
    for (;;) {
      const left = await leftOf(project);
      if (left.length === 0) return;
      assert.ok(performance.now() < giveUpAt, `left: ${left}`);
    }
  };

  it('by Ctrl-C in the middle of a herd', async () => {
    const { run, project } = await underLoad();
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130, run.out() + run.err());
    // If the engine is slow, the lab leaves the removal to its reaper.
    await gone(project);
  });

  it('by Ctrl-C while the cluster starts', async () => {
    const { run, project } = await beingMade();
    run.child.kill('SIGINT');
    assert.equal(await run.ended, 130, run.out() + run.err());
    // If the engine is slow, the lab leaves the removal to its reaper.
    await gone(project);
  });

  it('by a crash of the lab, not even a paused replica', async () => {
    const { run, project } = await underLoad();
    const replica = (await containersOf(project)).find(({ name }) => name === 'app-1');
    await docker(['pause', replica?.id ?? '']);
    run.child.kill('SIGKILL');
    await run.ended;
    await gone(project);
  });

  it('by a crash of the lab while the cluster starts', async () => {
    const { run, project } = await beingMade();
    run.child.kill('SIGKILL');
    await run.ended;
    await gone(project);
  });
});
