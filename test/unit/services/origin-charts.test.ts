import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Marks } from '../../../lab/run/marks.ts';
import type { Begun } from '../../../record/ledger.ts';
import { Expiries } from '../../../services/origin/expiries.ts';
import { HighWater } from '../../../services/origin/high-water.ts';
import { Ledger } from '../../../services/origin/ledger.ts';
import { originMetrics } from '../../../services/origin/metrics.ts';
import { originServer } from '../../../services/origin/server.ts';
import { until } from '../../support/within.ts';

/** A recompute that replaces this version; undefined: one that was asked for without a store. */
const begun = (version: number, replaces?: number, key = 'key'): Begun => ({
  event: 'begin',
  id: version,
  key,
  version,
  by: 'app-1',
  arrivedAt: 0,
  at: 0,
  ...(replaces !== undefined && { replaces }),
});

describe('telling expiries apart as recomputes come in', () => {
  it('counts all that replace the same version as one expiry, however late they ask', () => {
    const expiries = new Expiries();
    assert.equal(expiries.countRecompute(begun(1, 0)), 1);
    assert.equal(expiries.countRecompute(begun(2, 0)), 2);
    assert.equal(expiries.countRecompute(begun(3, 2)), 1, 'the next expiry');
    assert.equal(expiries.countRecompute(begun(4, 2)), 2);
  });

  it('begins another when the store lost its memory, since nothing was stored there before', () => {
    const expiries = new Expiries();
    expiries.countRecompute(begun(8, 7));
    assert.equal(expiries.countRecompute(begun(9, 0)), 1);
  });

  it('lets recomputes without a store belong to none', () => {
    const expiries = new Expiries();
    assert.equal(expiries.countRecompute(begun(1)), undefined);
    assert.equal(expiries.countRecompute(begun(2, 0)), 1);
    assert.equal(expiries.countRecompute(begun(3)), undefined);
    assert.equal(expiries.countRecompute(begun(4, 0)), 2);
  });

  it('tells keys apart', () => {
    const expiries = new Expiries();
    assert.equal(expiries.countRecompute(begun(1, 0, 'one')), 1);
    assert.equal(expiries.countRecompute(begun(1, 0, 'other')), 1);
  });
});

describe('a high-water mark', () => {
  it('is there for at least a second after the peak, and gone after two windows', () => {
    let now = 0;
    const water = new HighWater(() => now);
    water.add(5);
    water.add(-5);
    for (now = 0; now <= 1100; now += 50) assert.equal(water.highest, 5, `${now}`);
    now = 2200;
    assert.equal(water.highest, 0);
  });

  it('is never below the level, however long nobody looked', () => {
    let now = 0;
    const water = new HighWater(() => now);
    water.add(2);
    now = 10_000;
    assert.equal(water.highest, 2);
    water.add(1);
    assert.equal(water.highest, 3);
  });
});

describe('the lab’s marks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const metrics = originMetrics([]);
  const behaviour = { recomputeMs: 0, jitter: 0, slowShare: 0, slowMs: 0, errorRate: 0, capacity: 0 };
  const ledger = new Ledger(join(folder, 'ledger.jsonl'));
  const server = originServer({
    ledger,
    metrics,
    behaviour,
    random: Math.random,
    members: ['app-1'],
    logger: false,
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const scraped = () => metrics.registry.getSingleMetricAsString('dogpile_lab_mark_timestamp_seconds');

  it('reach the origin with their moment', async () => {
    const before = Date.now() / 1000;
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const marks = new Marks({ url });
    marks.put('run', 'lock');
    marks.put('fault injected', 'kill-holder');
    marks.put('fault healed', 'kill-holder');
    const text = await until('the marks', async () => {
      const text = await scraped();
      return text.includes('kind="fault healed",name="kill-holder"') ? text : undefined;
    });
    const moments = [...text.matchAll(/^dogpile_lab_mark.*} ([\d.e+]+)$/gm)].map(([, value]) =>
      Number(value),
    );
    assert.equal(moments.length, 3);
    for (const moment of moments) assert.ok(moment >= before - 1 && moment <= Date.now() / 1000 + 1);
  });

  it('are refused when they are none, with a line that says why', async () => {
    const answer = await server.inject({
      method: 'POST',
      url: '/marks',
      payload: [{ kind: 'lunch', name: 'x', at: 1 }],
    });
    assert.equal(answer.statusCode, 400);
    assert.match(answer.json().error, /run/);
  });
});
