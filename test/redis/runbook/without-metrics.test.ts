import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { startRedis } from '../../support/redis-server.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
const [, section = ''] = runbook.split('\n### Without these metrics\n');
const [page = ''] = section.split('\n## ');

test('every redis-cli command of the runbook that is written out whole is one that Redis takes', async (t) => {
  const server = await startRedis();
  t.after(() => server.stop());
  const [, body = ''] = runbook.split('\n## First: where to look\n');
  const commands = [...body.matchAll(/`(redis-cli [A-Z][^`…]*)`/g)].map(([, command = '']) => command);
  assert.ok(commands.length > 15, `${commands.length}`);
  for (const command of commands) {
    const typed = command.replace('redis-cli', `redis-cli -e -u ${server.url}`);
    execFileSync('sh', ['-c', typed], { stdio: 'pipe' });
  }
});

/** Three requests for one path in one second, and one for another. */
const ARRIVALS = [
  ['05:00:01.100', '/keys/hot'],
  ['05:00:01.200', '/keys/hot'],
  ['05:00:01.900', '/keys/hot'],
  ['05:00:01.950', '/keys/cold'],
  ['05:00:02.100', '/keys/hot'],
] as const;
const LOGS = {
  jq: ([time, path]: (typeof ARRIVALS)[number]) => JSON.stringify({ time: `2026-11-28T${time}Z`, path }),
  awk: ([time, path]: (typeof ARRIVALS)[number]) =>
    `10.0.0.1 - - [28/Nov/2026:${time.slice(0, 8)} +0000] "GET ${path} HTTP/1.1" 200 12`,
};

describe('the lines for an access log', () => {
  for (const [tool, lineOf] of Object.entries(LOGS))
    it(`find with ${tool} what was asked for more than once in a second`, {
      skip: spawnSync(tool, ['--version']).error !== undefined && `there is no ${tool}`,
    }, (t) => {
      const line = page.split('\n').find((one) => one.startsWith(`${tool} `));
      assert.ok(line);
      const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
      t.after(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, 'access.log'), `${ARRIVALS.map(lineOf).join('\n')}\n`);
      const said = execFileSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
      assert.match(said, /^ *3 \S*05:00:01 \/keys\/hot\n$/);
    });
});
