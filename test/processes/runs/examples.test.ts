import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { whyNoPython } from '../../support/python.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

const pathOf = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const node = (file: string) => `APP=${process.execPath} ${pathOf(file)}`;
const python = (file: string) => `APP=python3 ${pathOf(file)}`;

/** Small enough for a busy machine: 30 requests an expiry. */
const SMALL = ['REPLICAS=2', 'RECOMPUTE=150ms', 'RATE=200', 'TTL=1s', 'EXPIRIES=2'];
const PROMISES = 'CLAIM=recomputes<=1 monotonic survives=kill-holder,pause-holder,redis-down,flush';

async function judged(t: TestContext, ...typed: string[]) {
  const folder = labFolder();
  t.after(() => folder.remove());
  return firstToTell(async () => {
    const { status, out, err } = await runLab(folder.path, ['herd', ...typed]);
    assert.ok(status === 0 || status === 1 || status === 2, `${out}${err}`);
    assert.deepEqual(processesIn(folder.path), []);
    return latestRecord(folder.path);
  });
}

describe('the examples', () => {
  const examples = [
    { language: 'Node', app: node, extension: 'node', file: 'mjs', skip: false as const },
    { language: 'Python', app: python, extension: 'python', file: 'py', skip: whyNoPython() },
  ];
  for (const { language, app, extension, file, skip } of examples) {
    it(`naive in ${language} has a dogpile, as none has`, { skip }, async (t) => {
      const record = await judged(t, app(`examples/${extension}/naive.${file}`), ...SMALL);
      assert.deepEqual(wantingIn(record), []);
      assert.ok(record.origin.perExpiry.mean > 5, `${record.origin.perExpiry.mean}`);
      assert.deepEqual(record.behavesLike?.names, ['none']);
    });
  }

  it('right in Python keeps its promises', { skip: whyNoPython() }, async (t) => {
    const record = await judged(t, python('examples/python/right.py'), ...SMALL, PROMISES);
    assert.deepEqual(wantingIn(record), []);
    assert.equal(record.origin.perExpiry.max, 1);
  });

  // Without a fault it makes the same promises. The other faults, and Python: make nightly.
  for (const fault of ['pause-holder', 'redis-down'])
    it(`right in Node keeps them under ${fault}`, async (t) => {
      const record = await judged(
        t,
        node('examples/node/right.mjs'),
        PROMISES,
        `FAULT=${fault}`,
        'EXPIRIES=3',
      );
      assert.deepEqual(wantingIn(record), []);
    });
});

describe('a service that is wrong', () => {
  const FLAWS = [
    { flaw: 'older', claim: 'monotonic', check: 'monotonic reads' },
    { flaw: 'too-stale', claim: 'stale<=200ms', check: 'staleness bound' },
    { flaw: 'errors-behind-200', claim: 'recomputes<=1', check: 'no errors behind 200' },
  ];
  for (const { flaw, claim, check } of FLAWS)
    it(`fails by ${check} (${flaw})`, async (t) => {
      const app = `${node('test/fixtures/services/flawed.mjs')} ${flaw}`;
      const record = await judged(t, app, ...SMALL, `CLAIM=${claim}`);
      assert.equal(record.verdict, 'fail');
      const failed = wantingIn(record).filter(({ verdict }) => verdict === 'fail');
      assert.deepEqual(
        failed.map(({ name }) => name),
        [check],
      );
    });
});
