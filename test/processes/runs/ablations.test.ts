import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { mutantNamed } from '../../../mutants/index.ts';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';

interface Check {
  readonly name: string;
  readonly verdict: string;
}

const FAIL = 1;
/** A fault may miss its moment; the run is unknown then, and proves nothing. */
const ATTEMPTS = 3;

describe('a strategy without a guard fails by the check that is there for it', () => {
  const folder = labFolder();
  after(() => folder.remove());

  // `make ablate` runs them all.
  for (const name of ['no-fence', 'no-double-check', 'no-overlap-guard']) {
    it(name, async () => {
      const ablation = mutantNamed(name);
      assert.ok(ablation);
      const { fault } = ablation;
      const reasons = ablation.mustFail;
      const args = ['herd', `ABLATE=${name}`, `FAULT=${fault ?? 'none'}`, 'EXPIRIES=2'];
      const title = `${ablation.strategy ?? 'lock'} ${ablation.difference}${fault ? ` under ${fault}` : ''}`;
      let failed: string[] = [];
      for (let attempt = 1; attempt <= ATTEMPTS && failed.length === 0; attempt++) {
        const { status, out, err } = await runLab(folder.path, args);
        const record = JSON.parse(readFileSync(join(folder.path, 'results/latest/result.json'), 'utf8'));
        assert.equal(record.config.ablate, name);
        assert.ok(out.replaceAll('\n', ' ').includes(` ${title}`), out);
        for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
        failed = record.checks
          .filter((check: Check) => check.verdict === 'fail' && reasons.includes(check.name))
          .map((check: Check) => check.name);
        const missed = record.checks.some(
          (check: Check) => check.name === 'fault hit and answered' && check.verdict === 'unknown',
        );
        assert.ok(missed || status === FAIL, `${out}${err}`);
        assert.deepEqual(processesIn(folder.path), []);
      }
      assert.notDeepEqual(failed, []);
    });
  }
});
