import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freeRow } from '../../../cluster/ports.ts';
import { recomputesIn } from '../../../judge/cycles.ts';
import { readRunFolder } from '../../../record/files/read-run.ts';
import { runStartSchema } from '../../../record/run.ts';
import { eventually, labFolder, runLab, startLab } from '../../support/lab.ts';

const pathOf = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const NODE = process.execPath;
const SMALL = ['REPLICAS=2', 'RATE=100', 'EXPIRIES=1', 'TTL=1s', 'RECOMPUTE=100ms'];
/** How `test/support/plain-service.ts` is asked. */
const PRICES = ['KEY_PATH=/price/:key?in=eur', 'HEADERS=X-Tenant: 7', 'VERSION_AT=header:X-Version'];
/** Whatever the judge says of a run on a busy machine, there is a record of it. */
const JUDGED = [0, 1, 2];

/** What a run recorded. It lacks nothing that only the lab's own replicas would write. */
function recordedIn(folder: string) {
  const latest = join(folder, 'results', 'latest');
  const { settings, members } = runStartSchema.parse(
    JSON.parse(readFileSync(join(latest, 'run.json'), 'utf8')),
  );
  const data = readRunFolder(latest);
  assert.doesNotMatch(data.damage?.join() ?? '', /events/);
  return {
    settings,
    members,
    arrivals: [...data.arrivals],
    recomputes: recomputesIn(data.ledger, settings.key),
    latest,
  };
}

describe("a run of the user's own service", () => {
  const folder = labFolder();
  after(() => folder.remove());

  it("is one of the lab's own app, which recomputes as often as under its own strategy", async () => {
    const app = `${NODE} ${pathOf('services/app/main.ts')}`;
    // Nothing but a lost lease would make it recompute twice.
    const typed = [`APP=${app}`, 'STRATEGY=lock', 'LEASE=20s', ...SMALL];
    const { status, err } = await runLab(folder.path, ['herd', ...typed]);
    assert.ok(JUDGED.includes(Number(status)), err);
    const { settings, members, arrivals, recomputes } = recordedIn(folder.path);
    assert.deepEqual([settings.app, settings.strategy], [app, 'lock']);
    assert.deepEqual(
      members.map(({ name, role }) => `${name} ${role}`),
      ['app-1 replica', 'app-2 replica', 'redis redis', 'origin origin'],
    );
    const ok = arrivals.filter(({ ending }) => ending === 'ok');
    assert.ok(ok.length > 0 && ok.every(({ version, by = '' }) => version && /^app-[12]$/.test(by)));
    // Without the lock it would be ten per expiry. On a machine that stalls, one may be made twice.
    const replaced = recomputes.flatMap(({ replaces }) => replaces ?? []);
    const expiries = new Set(replaced).size;
    assert.ok(expiries >= 2 && replaced.length < 2 * expiries, `${replaced}`);
  });

  it('is one of a service that has other paths, needs a header, and has its version in one', async () => {
    const typed = [`APP=exec ${NODE} ${pathOf('test/support/plain-service.ts')}`, ...PRICES, ...SMALL];
    const { status, err } = await runLab(folder.path, ['herd', ...typed]);
    assert.ok(JUDGED.includes(Number(status)), err);
    const { settings, arrivals, recomputes } = recordedIn(folder.path);
    const ok = arrivals.filter(({ ending }) => ending === 'ok');
    assert.ok(ok.length > 0 && ok.every(({ version, served }) => version && served === 'answered'));
    assert.equal(settings.headers, 'X-Tenant: …');
    assert.deepEqual(new Set(recomputes.map(({ by }) => by)), new Set(['app-1', 'app-2']));
  });

  it('is one of services that run already, with the origin of make origin', async (t) => {
    const first = await freeRow(4);
    const address = (index: number) => `127.0.0.1:${first + index}`;
    const origin = startLab(folder.path, ['origin', `LISTEN=${address(0)}`, 'NAMES=a,b']);
    t.after(async () => {
      origin.child.kill('SIGINT');
      await origin.ended;
    });
    await eventually('the origin', () => origin.out().includes('Ctrl-C ends both'), 30_000);
    const services = ['a', 'b'].map((NAME, index) =>
      spawn(NODE, [pathOf('test/support/plain-service.ts')], {
        env: { NAME, PORT: `${first + 2 + index}`, ORIGIN_URL: `http://${address(0)}`, TTL_MS: '1000' },
        stdio: 'ignore',
      }),
    );
    t.after(() => services.map((service) => service.kill('SIGKILL')));
    const answers = (url: string) =>
      fetch(url).then(
        () => true,
        () => false,
      );
    await Promise.all(
      [2, 3].map(async (index) => {
        const giveUpAt = performance.now() + 30_000;
        while (!(await answers(`http://${address(index)}`))) assert.ok(performance.now() < giveUpAt);
      }),
    );
    const target = `TARGET=http://${address(2)},http://${address(3)}`;
    const { status, err } = await runLab(folder.path, ['herd', target, ...PRICES, ...SMALL.slice(1)]);
    assert.ok(JUDGED.includes(Number(status)), err);
    const { settings, members, arrivals, recomputes, latest } = recordedIn(folder.path);
    assert.deepEqual(
      members.filter(({ role }) => role === 'replica').map(({ name }) => name),
      ['a', 'b'],
    );
    assert.match(settings.key, /^hot-[0-9a-f]{8}$/);
    assert.ok(arrivals.some(({ ending, by, version }) => ending === 'ok' && by === 'b' && version));
    assert.deepEqual(new Set(recomputes.map(({ by }) => by)), new Set(['a', 'b']));
    assert.equal(JSON.parse(readFileSync(join(latest, 'result.json'), 'utf8')).strategy, 'yours');
  });
});
