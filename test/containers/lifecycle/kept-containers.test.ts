import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { docker } from '../../../cluster/compose/docker.ts';
import { containersOf } from '../../../cluster/compose/project.ts';
import type { ComposeStanding } from '../../../cluster/compose/standing.ts';
import { prometheusAt } from '../../../prometheus/api.ts';
import { until } from '../../../services/shared/until.ts';
import { inspect, nothingLeftOf, withDocker } from '../../support/docker.ts';
import { labFolder, runLab, startLab } from '../../support/lab.ts';

describe('a cluster of containers that is kept', withDocker, () => {
  const folder = labFolder();
  let described: ComposeStanding;

  before(async () => {
    const typed = ['up', 'RUNTIME=compose', 'STRATEGY=lock', 'REPLICAS=2', 'TTL=500ms', 'BOARDS=off'];
    const up = await runLab(folder.path, typed);
    assert.equal(up.status, 0, up.err);
    described = JSON.parse(readFileSync(join(folder.path, '.lab/cluster.json'), 'utf8'));
  });
  after(async () => {
    await runLab(folder.path, ['down']);
    folder.remove();
  });

  it('is described, and serves under the names it is described by', async () => {
    assert.equal(described.runtime, 'compose');
    assert.deepEqual(
      described.replicas.map(({ name }) => name),
      ['app-1', 'app-2'],
    );
    for (const { name, url } of described.replicas) {
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
      const { by } = (await (await fetch(`${url}/keys/hot`)).json()) as { by: string };
      assert.equal(by, name);
    }
    assert.equal((await runLab(folder.path, ['status'])).status, 0);
  });

  it('refuses a second one', async () => {
    const second = await runLab(folder.path, ['up', 'RUNTIME=compose']);
    assert.equal(second.status, 64);
    assert.match(second.err, /a cluster is up already/);
  });

  it('is closed to everybody but this machine, and may do little on it', async () => {
    const containers = await inspect(described.project);
    assert.equal(containers.length, 4);
    for (const { Name, Config, HostConfig, State } of containers) {
      assert.match(Config.User, /^[1-9]/, `${Name} runs as ${Config.User || 'root'}`);
      assert.equal(HostConfig.ReadonlyRootfs, true, Name);
      assert.deepEqual(HostConfig.CapDrop, ['ALL'], Name);
      assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true'], Name);
      assert.equal(HostConfig.Init, true, Name);
      for (const limit of ['Memory', 'NanoCpus', 'PidsLimit'] as const)
        assert.ok(HostConfig[limit] > 0, `${limit} of ${Name}`);
      for (const { HostIp } of Object.values(HostConfig.PortBindings).flat())
        assert.equal(HostIp, '127.0.0.1', Name);
      assert.ok(State.Health, `${Name} is probed`);
    }
  });

  it('has nothing in its image that only the lab needs', async () => {
    const image = ['run', '--rm', '--network', 'none', 'dogpile-lab/services'];
    const packages = (await docker([...image, 'ls', 'node_modules'])).split('\n');
    assert.ok(packages.includes('fastify'));
    for (const name of ['node', 'typescript', 'echarts', 'playwright-core', 'fast-check'])
      assert.ok(!packages.includes(name), name);
    assert.match(await docker([...image, 'node', '--version']), /^v24\./);
    const own = await docker([...image, 'du', '-sk', '/lab']);
    assert.ok(Number.parseInt(own, 10) < 30_000, `${own} kB of its own`);
  });

  it('is found by boards that run as containers', async () => {
    const up = await runLab(folder.path, ['boards', 'RUNTIME=compose']);
    assert.equal(up.status, 0, up.err);
    const boards = JSON.parse(readFileSync(join(folder.path, '.lab/boards.json'), 'utf8'));
    const { at } = prometheusAt(boards.prometheus.url);
    const areFound = async () => {
      const found = await at('sum by (run, job) (up)', Date.now() / 1000);
      const counts = found.map(({ metric, points }) => [metric.run, metric.job, points[0]?.[1]].join(' '));
      return counts.includes('up app 2') && counts.includes('up origin 1');
    };
    await until('the members', areFound, { withinMs: 30_000, everyMs: 100 });
    for (const { Config, HostConfig } of await inspect(boards.project)) {
      assert.match(Config.User, /^[1-9]/);
      assert.deepEqual([HostConfig.ReadonlyRootfs, HostConfig.CapDrop], [true, ['ALL']]);
    }
    assert.equal((await runLab(folder.path, ['boards-down'])).status, 0);
    await nothingLeftOf([boards.project]);
  });

  it('is healed, at its old addresses', async () => {
    const idOf = async (name: string) =>
      (await containersOf(described.project)).find((container) => container.name === name)?.id ?? '';
    await docker(['kill', await idOf('app-1'), await idOf('redis')]);
    await docker(['pause', await idOf('app-2')]);
    assert.equal((await runLab(folder.path, ['status'])).status, 1);
    for (const again of [/started again: (redis, app-1|app-1, redis)/, /everything was there/]) {
      const healed = await runLab(folder.path, ['heal']);
      assert.equal(healed.status, 0, healed.err);
      assert.match(healed.out, again);
    }
    for (const { url } of described.replicas) assert.equal((await fetch(`${url}/keys/hot`)).status, 200);
  });

  it('loses its Redis to a fault, under load, and gets it back', async (t) => {
    const load = startLab(folder.path, ['load', 'RATE=50']);
    t.after(() => load.child.kill('SIGKILL'));
    const { status, out, err } = await runLab(folder.path, ['herd', 'FAULT=redis-down', 'TARGET=up']);
    assert.equal(status, 0, out + err);
    assert.match(out, /redis: planned\n.*redis: injected\n.*redis: healed\n/);
    load.child.kill('SIGINT');
    assert.equal(await load.ended, 0, load.err());
    assert.equal((await runLab(folder.path, ['status'])).status, 0);
  });

  it('ends whole', async () => {
    const down = await runLab(folder.path, ['down']);
    assert.match(down.out, /ended 4 containers/);
    await nothingLeftOf([described.project]);
    assert.equal((await runLab(folder.path, ['status'])).status, 1);
  });
});
