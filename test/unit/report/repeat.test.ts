import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { typedCommand, valuesOf } from '../../../lab/parameters/values.ts';
import { repeatCommand } from '../../../report/html/repeat.ts';

/** Gives the settings that somebody gets who types this. */
function settingsOf(command: string) {
  const [make, ...words] = command.split(' ');
  assert.equal(make, 'make');
  const line = readCommandLine(words);
  assert.ok('command' in line);
  return settingsFrom(valuesOf({ ...line, environment: new Map() }));
}

const COMMANDS = [
  'make herd STRATEGY=lock',
  'make herd STRATEGY=none EXPIRIES=4 ORIGIN_CAPACITY=0',
  'make herd STRATEGY=xfetch TTL=2500ms RECOMPUTE=150ms BETA=1.5 SINGLE_FLIGHT=off',
  'make herd STRATEGY=near-cache INVALIDATE=500ms TTL_JITTER=0.1',
  'make herd STRATEGY=lock FAULT=pause-holder AT=committing LEASE=300ms',
  'make herd STRATEGY=lock FAULT=kill-holder TTL=3s EXPIRIES=10',
  'make herd FAULT=pause-holder ABLATE=no-fence RECOMPUTE=200ms',
  'make herd STRATEGY=lock STORE=sentinel STORE_REPLICAS=3 WAIT=1',
  'make herd STRATEGY=lock PROXY=squid PROXIES=2',
  'make herd STRATEGY=refresh-ahead REFRESHERS=3',
];

for (const command of COMMANDS)
  test(`who types the command of a report has the same settings: ${command}`, () => {
    const settings = { ...settingsOf(command), runtime: 'local' as const };
    const repeated = repeatCommand(settings, 'local');
    assert.deepEqual(settingsOf(repeated), settings);
    // A fault and a proxy bring settings of their own, which the command says too.
    if (!/FAULT|ABLATE|PROXY/.test(command))
      assert.ok(repeated.split(' ').length <= command.split(' ').length + 1, repeated);
  });

const CLAIM = 'recomputes<=1 stale<=2s';
const APP = `sh -c 'exec "$MY_SERVICE" --name="it is"'`;
const OWN = { ...settingsOf('make herd'), app: APP, claim: CLAIM };

for (const [command, typed] of [
  ['herd', repeatCommand(OWN, 'local')],
  [
    'faults',
    typedCommand({
      ...{ command: 'faults', environment: new Map() },
      texts: new Map([
        ['APP', APP],
        ['CLAIM', CLAIM],
      ]),
    }),
  ],
] as const)
  test(`a shell and make read each text of a command as it was typed: make ${command}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'dogpile-repeat-'));
    try {
      writeFileSync(join(folder, 'Makefile'), `${command}:\n\t@printenv APP; printenv CLAIM\n`);
      const said = execFileSync('sh', ['-c', typed], { cwd: folder, encoding: 'utf8' });
      assert.equal(said, `${APP}\n${CLAIM}\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

test('a command is one line that is safe to show, whatever was typed', () => {
  const app = 'node a.js\nrm -r \u001b[31m\u202e';
  for (const typed of [
    repeatCommand({ ...OWN, app }, 'local'),
    typedCommand({ command: 'faults', environment: new Map(), texts: new Map([['APP', app]]) }),
  ])
    assert.ok(typed.includes("APP='node a.js?rm -r ?[31m?'"), typed);
});

test("the command of a user's own service names no strategy, also under a fault", () => {
  for (const fault of [null, 'kill-holder'])
    assert.doesNotMatch(repeatCommand({ ...OWN, fault }, 'local'), /STRATEGY=/);
});
