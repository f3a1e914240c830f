import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RunRecord } from '../../../record/result.ts';
import { eventually, type LabRun, labFolder, processesIn, runLab, startLab } from '../../support/lab.ts';

const CLI = fileURLToPath(new URL('../../../lab/cli.ts', import.meta.url));
const SMALL = ['STRATEGY=lock', 'REPLICAS=2', 'RATE=60', 'TTL=1s'];
const LONG = [...SMALL, 'EXPIRIES=100'];

/** The only check that is reported of a run whose evidence is not whole. */
const onlyFinding = ({ verdict, checks }: RunRecord): string => {
  assert.equal(verdict, 'unknown');
  const [only, ...others] = checks;
  assert.deepEqual(others, []);
  assert.equal(only?.name, 'evidence intact');
  return only.detail;
};

describe('what is left of a run that something broke', { concurrency: 2 }, () => {
  /** Runs one case in a folder of its own, where the next run must work afterwards. */
  function brokenRun(name: string, breakIt: (folder: string) => Promise<string>, why: RegExp) {
    it(`${name}: the record says unknown and why, and the next run passes`, async () => {
      const { path, remove } = labFolder();
      try {
        const run = await breakIt(path);
        await eventually('the end of every process', () => processesIn(path).length === 0, 10_000);
        const { status, err } = await runLab(path, ['judge', `RUN=results/${run}`]);
        assert.equal(status, 2, err);
        assert.match(onlyFinding(recordIn(path, run)), why);
        const next = await runLab(path, ['herd', ...SMALL, 'EXPIRIES=1']);
        assert.match(next.out, /^ {2}ok {4}evidence intact/m, next.err);
      } finally {
        remove();
      }
    });
  }

  const recordIn = (folder: string, run: string): RunRecord =>
    JSON.parse(readFileSync(join(folder, 'results', run, 'result.json'), 'utf8'));
  const runIn = (folder: string): string => {
    const [run] = readdirSync(join(folder, 'results')).filter((name) => /^\d/.test(name));
    return run ?? assert.fail('no run');
  };
  /** Kills a process of the lab's by what its command line says, or the lab itself. */
  function kill(folder: string, what: string): void {
    const pid = processesIn(folder).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(what),
    );
    process.kill(pid ?? assert.fail(`no ${what}`), 'SIGKILL');
  }
  async function underLoad(folder: string): Promise<LabRun> {
    const lab = startLab(folder, ['herd', ...LONG]);
    await eventually('the load', () => /expiry [1-9]/.test(lab.out()), 60_000);
    return lab;
  }

  brokenRun(
    'kill -9 of the lab',
    async (folder) => {
      const lab = await underLoad(folder);
      lab.child.kill('SIGKILL');
      await lab.ended;
      return runIn(folder);
    },
    /^facts\.json cannot be read: the run was cut short$/,
  );

  for (const [member, command] of [
    ['origin', 'services/origin/main.ts'],
    ['app-\\d', 'services/app/main.ts'],
  ] as const)
    brokenRun(
      `kill -9 of ${member}`,
      async (folder) => {
        const lab = await underLoad(folder);
        const killedAt = performance.now();
        kill(folder, command);
        assert.equal(await lab.ended, 2, lab.err());
        assert.ok(performance.now() - killedAt < 20_000, 'it does not wait for expiries that will not come');
        return runIn(folder);
      },
      new RegExp(`^${member} ended by itself: see logs/$`),
    );

  brokenRun(
    'a journal that reaches a limit of the disk',
    async (folder) => {
      // Of files, 12 blocks of 1 KiB: the journals of the replicas are the first to need more.
      const limited = 'ulimit -f 12 && exec "$0" "$@"';
      const lab = spawn('bash', ['-c', limited, process.execPath, CLI, 'herd', ...LONG], {
        cwd: folder,
        env: { ...process.env, DOGPILE_RUNTIME: 'local' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const said = text(lab.stderr);
      const [status] = await once(lab, 'exit');
      assert.ok([2, 70].includes(status), await said);
      return runIn(folder);
    },
    /EFBIG|is not complete|cut short/,
  );

  it('a run whose files were changed afterwards names the piece', async () => {
    const { path, remove } = labFolder();
    try {
      await runLab(path, ['herd', ...SMALL, 'EXPIRIES=1']);
      const run = runIn(path);
      appendFileSync(join(path, 'results', run, 'data', 'ledger.jsonl'), '\u001b[2Jboo\n');
      const { status, out } = await runLab(path, ['judge', 'RUN=results/latest']);
      assert.equal(status, 2);
      assert.match(onlyFinding(recordIn(path, run)), /^data\/ledger\.jsonl: line \d+ is not JSON$/);
      assert.ok(!out.includes('\u001b'));
    } finally {
      remove();
    }
  });
});
