import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, test } from 'node:test';
import { mutexes } from '../../../backends/locks/index.ts';
import { keysOf } from '../../../backends/redis/ioredis/connection.ts';
import { faults } from '../../../faults/index.ts';
import { adviceOn } from '../../../lab/advice/advice.ts';
import { adviceText } from '../../../lab/advice/advice-text.ts';
import { commandNames } from '../../../lab/parameters/commands.ts';
import { isName, PARAMETERS } from '../../../lab/parameters/parameters.ts';
import { readValue } from '../../../lab/parameters/read-value.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { appMetrics } from '../../../services/member/observe/metrics.ts';
import { originMetrics } from '../../../services/origin/metrics.ts';

const root = new URL('../../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const listed = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const docs = ['README.md', 'CONTRIBUTING.md', ...listed('docs', '.md')].map((path) => ({
  path,
  text: read(path),
}));

const rules = read('prometheus/rules.yml');
const makefile = read('Makefile');
const sources = [
  'strategies',
  'backends',
  'assembly',
  'record',
  'services',
  'cluster',
  'faults',
  'mutants',
  'judge',
  'lab',
  'load',
  'prometheus',
  'test/support',
]
  .flatMap((folder) => [...listed(folder, '.ts'), ...listed(folder, '.sh')])
  .concat('.ci/run')
  .map(read)
  .join('\n');

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);
const alerts = found(rules, /- alert: (\w+)/g);
const targets = new Set<string>([
  ...found(makefile, /^([a-z][a-z-]*):/gm),
  ...commandNames,
  ...faults.map(({ name }) => `fault-${name}`),
]);

/** What stands in backquotes and in fenced blocks, where names are names. */
const FENCED = /^ *```(\w*)\n([\s\S]*?)^ *```/gm;
const codeIn = (text: string) => {
  const blocks = [...text.matchAll(FENCED)]
    .filter(([, language = '']) => language === '' || language === 'sh')
    // A line that ends in a backslash goes on in the next.
    .map(([, , block = '']) => block.replace(/ #.*$/gm, '').replace(/ \\\n */g, ' '));
  const spans = found(text.replace(FENCED, ''), /`([^`]+)`/g);
  return [...blocks.flatMap((block) => block.split('\n')), ...spans];
};

/** Every command with make, its target and its words; `…` stands for whatever one likes. */
const commandsIn = (text: string) =>
  codeIn(text).flatMap((code) => {
    const [, target, rest = ''] = /^\s*make ([\w-]+)(.*)$/s.exec(code) ?? [];
    return target ? [{ target, words: rest.split(/\s+/).filter((word) => /^\w+=/.test(word)), code }] : [];
  });

const metrics = await Promise.all(
  [appMetrics({ strategy: 'lock', replica: 'app-1' }), originMetrics(['app-1'])].map(({ registry }) =>
    registry.getMetricsAsJSON(),
  ),
);
const series = new Set(
  metrics
    .flat()
    .flatMap(({ name, type }) =>
      String(type) === 'histogram'
        ? [name, ...['_bucket', '_sum', '_count'].map((end) => name + end)]
        : [name],
    ),
);

test('there is something to look at', () => {
  assert.ok(docs.length > 8);
  assert.ok(alerts.length >= 5);
  assert.ok(series.has('dogpile_wake_lag_seconds_bucket') && series.has('dogpile_origin_capacity'));
  assert.ok(docs.flatMap(({ text }) => commandsIn(text)).length > 50);
});

/** Names in capitals that are the world's. */
const NOT_OURS = new Set(['UNLICENSED', 'SIGKILL', 'SIGSTOP', 'SIGCONT', 'SIGTERM', 'SIGINT', 'DEL']);

for (const { path, text } of docs)
  describe(`what ${path} names exists`, () => {
    it('metrics', () => {
      const recorded = found(rules, /- record: (\S+)/g);
      for (const name of text.match(/\w+:dogpile_\w+:\w+/g) ?? []) assert.ok(recorded.includes(name), name);
      for (const name of found(text, /(?<![\w:])(dogpile_[a-z_]*[a-z])(?!\w|:|_?…)/g))
        assert.ok(series.has(name), `${name} is no metric`);
      for (const end of found(text, /`…(_\w+)`/g))
        assert.ok(
          [...series].some((name) => name.endsWith(end)),
          `no metric ends in ${end}`,
        );
    });

    it('make targets', () => {
      for (const { target, code } of commandsIn(text)) {
        if (target === 'fault-' && code.includes('fault-…')) continue;
        assert.ok(targets.has(target), `${code}: no such target`);
      }
    });

    it('parameters, and their values', () => {
      for (const { words, code } of commandsIn(text))
        for (const word of words) {
          const [name = '', value = ''] = word.split(/=(.*)/s);
          assert.ok(isName(name), `${code}: ${name} is no parameter`);
          if (!/[…<]/.test(value))
            assert.notEqual(readValue(PARAMETERS[name], value), undefined, `${code}: ${word} is not allowed`);
        }
    });

    it('settings in backquotes', () => {
      for (const code of codeIn(text)) {
        const [, name] = /^([A-Z][A-Z_]+)(?:=\S*)?$/.exec(code) ?? [];
        if (!name || NOT_OURS.has(name) || name in PARAMETERS) continue;
        assert.match(sources, new RegExp(`\\b${name}\\b`), `${name} is nowhere in the code`);
      }
    });

    it('runs that the lab would begin', () => {
      for (const { target, words, code } of commandsIn(text)) {
        const [, fault] = /^fault-(.+)$/.exec(target) ?? [];
        const command = commandNames.find((name) => name === (fault ? 'herd' : target));
        if (!command || /…|</.test(code)) continue;
        assert.doesNotThrow(
          () => settingsFrom(valuesFrom(command, [...(fault ? [`FAULT=${fault}`] : []), ...words])),
          code,
        );
      }
    });

    it('files and headings behind links', () => {
      for (const link of found(text, /\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(link)) continue;
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        assert.ok(existsSync(join(root, target)), `${link} leads nowhere`);
        if (anchor) assert.ok(headingsOf(read(target)).includes(anchor), `${link} has no such heading`);
      }
    });

    it('error codes', () => {
      for (const code of text.match(/ERR_DOGPILE_[A-Z_]+[A-Z]/g) ?? [])
        assert.ok(sources.includes(`'${code}'`), code);
    });
  });

/** As GitHub names them. */
const headingsOf = (text: string) =>
  found(text, /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const textOf = (path: string) => docs.find((doc) => doc.path === path)?.text ?? '';

test('the runbook has an entry for each alert, and each says what to see, to do now and later, and what rehearses it', () => {
  const entries = textOf('docs/runbook.md').split(/^(?=##)/m);
  const named = entries.flatMap((entry) => found(entry, /^### `(\w+)`/g));
  assert.deepEqual(named.toSorted(), alerts.toSorted());
  for (const entry of entries.filter((entry) => /^### `/.test(entry))) {
    for (const part of ['See', 'Now', 'Later', 'Rehearse'])
      assert.ok(entry.includes(`**${part}**`), entry.slice(0, 40));
    assert.ok(commandsIn(entry.split('**Rehearse**')[1] ?? '').length > 0, entry.slice(0, 40));
  }
});

test('the table of alerts names each of them, and no other', () => {
  const section = textOf('docs/dashboards.md').split('## Alerts')[1]?.split('\n## ')[0] ?? '';
  assert.deepEqual(found(section, /^\| `(\w+)`/gm).toSorted(), alerts.toSorted());
});

test('what docs/choosing.md measured is what README.md and docs/ablation.md did', () => {
  const choosing = textOf('docs/choosing.md');
  const numbers = (row: string) => row.match(/\d+\.\d+(?! *,)/g) ?? [];
  const rows = [...choosing.matchAll(/^\| ([a-z-]+) (\|[ \d.|]+)$/gm)];
  assert.ok(rows.length >= 5);
  for (const [, name = '', figures = ''] of rows) {
    const measured = new RegExp(`^\\| ${name} \\|.*$`, 'm').exec(textOf('README.md'))?.[0] ?? '';
    for (const figure of numbers(figures)) assert.ok(measured.includes(` ${figure} [`), `${name}: ${figure}`);
  }
  const counts = choosing.match(/\d+ of \d+ (?:requests|recomputes)|after \d+ ms/g) ?? [];
  assert.ok(counts.length >= 3);
  for (const count of counts) {
    const known = count.replace(/(\d+) of (\d+) recomputes/, '$2 recomputes, $1 of them');
    assert.ok(textOf('docs/ablation.md').includes(known), count);
  }
});

test('what docs/choosing.md shows of make advise is what it says', () => {
  const values = valuesFrom('advise', [], {});
  const question = {
    setting: settingsFrom({ ...values, GRACE: values.STALE_OK }),
    staleOkMs: values.STALE_OK,
  };
  const [, , shown] =
    [...textOf('docs/choosing.md').matchAll(FENCED)].find(([block]) => block.includes('recommended:')) ?? [];
  assert.equal(shown?.trimEnd(), adviceText(question, adviceOn(question)));
});

test('every fault is in docs/faults.md, and rehearsed or answered there', () => {
  for (const { name } of faults) assert.ok(textOf('docs/faults.md').includes(`| \`${name}\` |`), name);
});

test('the Redis keys that the runbook names are those of the backends', () => {
  const known = [...Object.values(keysOf('hot')), `mutex:${keysOf('hot').lease}`];
  const named = textOf('docs/runbook.md').match(/(?:mutex:)?\{hot\}:\w+/g) ?? [];
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(known.includes(name), name);
  assert.ok('redlock' in mutexes);
});
