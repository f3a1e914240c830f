import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importsOf, ROOMS, ROOT, sourceFiles } from '../../support/imports.ts';

const CORE = ['strategies/', 'record/', 'services/shared/'];

/** Which paths the files of a room may import beside their own; the first room that a path begins with counts. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'strategies/': [],
  'record/': ['strategies/contract/'],
  'services/shared/': ['strategies/contract/', 'record/'],
  'backends/': ['strategies/', 'services/shared/'],
  'assembly/': ['strategies/', 'backends/'],
  'mutants/': ['strategies/', 'backends/redis/', 'assembly/'],
  'services/origin/': CORE,
  'services/': [...CORE, 'backends/', 'assembly/', 'mutants/', 'services/member/'],
  'load/': ['record/', 'services/shared/'],
  'faults/support/striking/': [
    ...['record/', 'services/shared/', 'cluster/', 'faults/support/'],
    'backends/redis/keys.ts',
  ],
  'faults/support/strike.ts': ['record/', 'cluster/cluster.ts'],
  'faults/support/': ['record/', 'strategies/contract/'],
  'faults/index.ts': ['faults/', 'record/'],
  'faults/': ['record/', 'strategies/contract/', 'faults/support/'],
  'judge/': ['record/', 'strategies/contract/', 'faults/support/'],
  'cluster/': [...CORE, 'services/', 'backends/locks/'],
  'report/': ['record/', 'judge/', 'faults/support/', 'services/shared/'],
  'prometheus/': ['cluster/', 'services/'],
  'grafana/': ['prometheus/', 'cluster/', 'services/'],
  'lab/': [
    ...CORE,
    ...[
      'backends/',
      'mutants/',
      'services/',
      'load/',
      'cluster/',
      'faults/',
      'judge/',
      'report/',
      'prometheus/',
      'grafana/',
      'console/',
    ],
  ],
  // What a browser loads is pure, beside what it does to its page.
  'console/page/': ['console/', 'record/', 'judge/', 'report/charts/palette.ts', 'lab/tour/steps.ts'],
  'console/view/': ['record/', 'judge/', 'console/scene/'],
  'console/scene/': ['record/', 'judge/', 'report/lanes/'],
  'console/replay/': ['console/scene/'],
  'console/export/': ['console/scene/', 'console/replay/', 'report/html/'],
  'console/': [...CORE, 'judge/', 'report/', 'lab/'],
};

/** A strike also acts on a cluster; only the lab loads it, by its name. */
const STRIKE = ['record/', 'services/shared/', 'cluster/', 'faults/support/', 'backends/redis/keys.ts'];

/** What no file but these may import. */
const ENTRANCES: Readonly<Record<string, readonly string[]>> = {
  'lab/cli.ts': [],
  'lab/main.ts': ['lab/cli.ts'],
  'lab/commands/': ['lab/main.ts', 'lab/commands/'],
};

const roomOf = (file: string) => Object.keys(ARROWS).find((room) => file.startsWith(room)) ?? '';

function mayImport(file: string, imported: string): boolean {
  const room = roomOf(file);
  const own = room.endsWith('/') && room !== 'faults/' && imported.startsWith(room);
  const strike = /^faults\/[\w-]+\/strike\.ts$/.test(file);
  const besides = /^faults\/[\w-]+\//.exec(file)?.[0];
  if (own || (room === 'faults/' && besides && imported.startsWith(besides))) return true;
  return (strike ? STRIKE : (ARROWS[room] ?? [])).some((path) => imported.startsWith(path));
}

test('every room has its arrows, and no file imports against them', () => {
  const files = sourceFiles();
  assert.ok(files.length > 200);
  for (const room of ROOMS)
    if (files.some((file) => file.startsWith(`${room}/`)))
      assert.ok(roomOf(`${room}/`) !== '', `no arrows for ${room}/`);
  const against = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !mayImport(file, imported))
      .map((imported) => `${file} → ${imported}`),
  );
  assert.deepEqual(against, []);
});

test('nobody but the command line imports a command', () => {
  for (const [entrance, allowed] of Object.entries(ENTRANCES)) {
    const through = sourceFiles().filter(
      (file) =>
        !allowed.some((path) => file.startsWith(path)) &&
        importsOf(file).some((imported) => imported.startsWith(entrance)),
    );
    assert.deepEqual(through, [], entrance);
  }
});

/** Folders of plug-ins of one kind may hold any number. */
const PLUG_INS = ['strategies', 'judge/checks', 'mutants', 'backends/redis/lua', 'lab/commands', 'faults'];
const MOST_FILES = 15;

test('no folder is crowded but with plug-ins of one kind', () => {
  const folders = new Set(sourceFiles().map((file) => file.slice(0, file.lastIndexOf('/'))));
  for (const folder of folders) {
    const files = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
    if (!PLUG_INS.includes(folder))
      assert.ok(files.length <= MOST_FILES, `${folder} has ${files.length} files`);
  }
});
