import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually, labFolder, processesIn, runLab, startLab } from '../support/lab.ts';

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  it(`make boards, ended by ${signal}, leaves nothing that is not described`, async (t) => {
    const folder = labFolder();
    t.after(async () => {
      await runLab(folder.path, ['boards-down']);
      assert.deepEqual(processesIn(folder.path), []);
      folder.remove();
    });
    const { child, ended } = startLab(folder.path, ['boards']);
    // The lab, its reaper, and Prometheus.
    await eventually('the start of Prometheus', () => processesIn(folder.path).length >= 3, 30_000);
    child.kill(signal);
    await ended;
    // On a quick machine the lab was done by then.
    if (existsSync(join(folder.path, '.lab/boards.json'))) return;
    await eventually('the end of every process', () => processesIn(folder.path).length === 0, 5000);
  });
}
