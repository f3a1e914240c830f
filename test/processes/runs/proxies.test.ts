import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { RunRecord } from '../../../record/result.ts';
import { descendantsOf, isRunning } from '../../support/descendants.ts';
import { eventually, labFolder, runLab, startLab } from '../../support/lab.ts';
import { whyNoProxy } from '../../support/proxies.ts';

/** Small enough for a busy machine: 30 requests an expiry. */
const SMALL = ['STRATEGY=none', 'REPLICAS=2', 'TTL=1s', 'RECOMPUTE=150ms', 'RATE=200', 'EXPIRIES=3'];

describe('a herd on a proxy', () => {
  async function run(t: TestContext, ...more: string[]) {
    const folder = labFolder();
    t.after(() => folder.remove());
    const { status, out, err } = await runLab(folder.path, ['herd', ...SMALL, ...more]);
    assert.equal(err, '');
    const record = JSON.parse(
      readFileSync(join(folder.path, 'results/latest/result.json'), 'utf8'),
    ) as RunRecord;
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
    const failed = record.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
    return { status, out, record, failed };
  }

  for (const [proxy, ...more] of [['squid'], ['nginx'], ['varnish'], ['varnish', 'PROXY_GRACE=5s']] as const)
    it(`is collapsed by one ${proxy} ${more}`, { skip: whyNoProxy(proxy) }, async (t) => {
      const { status, out, record, failed } = await run(t, `PROXY=${proxy}`, ...more);
      assert.deepEqual(failed, [], out);
      assert.notEqual(status, 1);
      assert.equal(record.origin.perExpiry.max, 1);
      assert.ok((record.requests.forwarded ?? 0) < record.requests.ok / 10);
      // The cold fill had waiters in any case.
      assert.ok(record.wakeAtClientMs, out);
    });

  it('is collapsed by each of two for itself', { skip: whyNoProxy('squid') }, async (t) => {
    const { out, record, failed } = await run(t, 'PROXY=squid', 'PROXIES=2');
    assert.deepEqual(failed, [], out);
    assert.equal(record.origin.perExpiry.max, 2, out);
  });

  it('is back where the replicas say no-store', { skip: whyNoProxy('varnish') }, async (t) => {
    const { status, out, record, failed } = await run(t, 'PROXY=varnish', 'APP_HEADERS=no-store');
    assert.equal(status, 1);
    assert.ok(failed.includes('recomputes per expiry') && failed.includes('requests forwarded'), out);
    assert.equal(record.requests.forwarded, record.requests.ok);
    assert.ok(record.origin.perExpiry.mean > 10, out);
  });

  for (const signal of ['SIGINT', 'SIGKILL'] as const)
    it(`leaves nothing behind when the lab ends by ${signal}`, { skip: whyNoProxy('nginx') }, async (t) => {
      const folder = labFolder();
      t.after(() => folder.remove());
      const lab = startLab(folder.path, ['herd', ...SMALL, 'PROXY=nginx', 'EXPIRIES=100']);
      await eventually('the herd', () => lab.out().includes('herd of 200'), 30_000);
      const started = descendantsOf(lab.child.pid as number);
      assert.ok(started.filter(({ command }) => /nginx: worker/.test(command)).length >= 2);
      lab.child.kill(signal);
      await lab.ended;
      await eventually('the end of every process', () => !started.some(isRunning), 5000);
    });
});
