import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, test } from 'node:test';
import { mutexes } from '../../../backends/locks/index.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { faults } from '../../../faults/index.ts';
import { pointsOf } from '../../../faults/support/points.ts';
import { checks } from '../../../judge/checks/index.ts';
import { judge } from '../../../judge/index.ts';
import { adviceOn } from '../../../lab/advice/advice.ts';
import { adviceText } from '../../../lab/advice/advice-text.ts';
import { planOf } from '../../../lab/commands/faults.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { commandNames } from '../../../lab/parameters/commands.ts';
import { isName, PARAMETERS } from '../../../lab/parameters/parameters.ts';
import { readValue } from '../../../lab/parameters/read-value.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { rehearsals } from '../../../lab/rehearsals/index.ts';
import { readRun } from '../../../lab/run/recording/read-run.ts';
import { summaryOf } from '../../../report/summary.ts';
import { appMetrics } from '../../../services/member/observe/metrics.ts';
import { originMetrics } from '../../../services/origin/metrics.ts';
import { strategies, strategyNamed } from '../../../strategies/index.ts';

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
  .concat('.ci/run', 'compose.yaml', listed('compose', '.yaml'))
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
    // A value with blanks is in quotes, as the shell wants it.
    const words = found(rest, /(?<=^|\s)(\w+=(?:'[^']*'|\S*))/g).map((word) => word.replaceAll("'", ''));
    return target ? [{ target, words, code }] : [];
  });

/** What the reader replaces: `…`, or a word in angle brackets; a promise has `<=`. */
const HAS_BLANKS = /…|<(?!=)/;

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
const NOT_OURS = new Set([
  ...['UNLICENSED', 'LICENSE'],
  ...['SIGKILL', 'SIGSTOP', 'SIGCONT', 'SIGTERM', 'SIGINT'],
  ...['DEL', 'PUBLISH', 'KILL'],
]);

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
          if (!HAS_BLANKS.test(value))
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
        if (!command || HAS_BLANKS.test(code)) continue;
        // Each of these runs has a fault of its own.
        if (command === 'faults') assert.doesNotThrow(() => planFor(words), code);
        else
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

function planFor(words: readonly string[]) {
  const line = readCommandLine(['faults', ...words]);
  return 'command' in line && planOf({ ...line, environment: new Map() });
}

/** As GitHub names them. */
const headingsOf = (text: string) =>
  found(text, /^#+ (.*)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const textOf = (path: string) => docs.find((doc) => doc.path === path)?.text ?? '';

test('the runbook has an entry for each alert, and each says what to see, to do now and later, where else it shows, and what rehearses it', () => {
  const entries = textOf('docs/runbook.md').split(/^(?=##)/m);
  const named = entries.flatMap((entry) => found(entry, /^### `(\w+)`/g));
  assert.deepEqual(named.toSorted(), alerts.toSorted());
  for (const entry of entries.filter((entry) => /^### `/.test(entry))) {
    for (const part of ['See', 'Now', 'Later', 'Without these metrics', 'Rehearse'])
      assert.ok(entry.includes(`**${part}**`), entry.slice(0, 40));
    assert.ok(commandsIn(entry.split('**Rehearse**')[1] ?? '').length > 0, entry.slice(0, 40));
  }
});

test("every alert's runbook_url leads to its entry in the runbook", () => {
  const parts = rules.split(/^ +- alert: /m).slice(1);
  const headings = headingsOf(textOf('docs/runbook.md'));
  for (const part of parts) {
    const [name = ''] = part.split('\n');
    const [, path, anchor = ''] =
      /runbook_url: '\{\{ \$externalLabels\.project_url \}\}\/(\S+)#(\S+)'/.exec(part) ?? [];
    assert.equal(path, 'docs/runbook.md', name);
    assert.equal(anchor, name.toLowerCase());
    assert.ok(headings.includes(anchor), `${name}: #${anchor}`);
  }
});

test('every alert has a rehearsal, and every rehearsal an alert', () => {
  assert.deepEqual(rehearsals.map(({ alert }) => alert).toSorted(), alerts.toSorted());
});

test('the table of alerts names each of them, and no other', () => {
  const section = textOf('docs/dashboards.md').split('## Alerts')[1]?.split('\n## ')[0] ?? '';
  assert.deepEqual(found(section, /^\| `(\w+)`/gm).toSorted(), alerts.toSorted());
});

/** The part of a page under one heading. */
const sectionOf = (path: string, heading: string) => {
  const [, section = ''] = textOf(path).split(`\n${heading}\n`);
  return section.split(/\n## /)[0] ?? '';
};

/** The rows of the tables in a text, without their heads: the cells of each. */
const rowsIn = (text: string) =>
  text
    .split('\n')
    .filter(
      (line, index, lines) =>
        /^\|/.test(line) && !/^\|[ :|-]+$/.test(line) && !/^\|[ :|-]+$/.test(lines[index + 1] ?? ''),
    )
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** Names in backquotes, commands aside. */
const namesIn = (cell: string) => found(cell, /`([^`=]+)`/g).filter((name) => !/^make |\//.test(name));

test('the counts that docs/choosing.md measured are those of docs/ablation.md', () => {
  const counts = textOf('docs/choosing.md').match(/\d+ of \d+ requests|after \d+ ms/g) ?? [];
  assert.ok(counts.length >= 3);
  for (const count of counts) assert.ok(textOf('docs/ablation.md').includes(count), count);
});

test('the tables of README.md and docs/compose.md show the figures of the full one in docs/strategies.md', () => {
  const full = new Map(
    rowsIn(sectionOf('docs/strategies.md', '## Measured side by side')).map(([name = '', ...cells]) => [
      name,
      cells,
    ]),
  );
  // One that was added since the last measurement has no row yet.
  assert.deepEqual(
    [...full.keys()],
    strategies.map(({ name }) => name).filter((name) => full.has(name)),
  );
  assert.ok(full.size >= 10);
  const short = rowsIn(sectionOf('README.md', '## Compare'));
  assert.equal(short.length, full.size);
  for (const [name = '', mean, p99, stale, verdict] of short) {
    const cells = full.get(name) ?? [];
    assert.deepEqual([mean, p99, stale, verdict], [cells[0], cells[3], cells[6], cells[9]], name);
  }
  const onContainersToo = rowsIn(sectionOf('docs/compose.md', '## The same figures'));
  assert.equal(onContainersToo.length, full.size);
  for (const [name = '', recomputes = '', , p50 = '', , longest] of onContainersToo) {
    const [mean = '', max, acrossP50 = '', , , beyond] = full.get(name.replaceAll('`', '')) ?? [];
    assert.equal(recomputes, `${mean.split(' ')[0]} (${max})`, name);
    assert.deepEqual([p50, longest], [acrossP50.split(' ')[0], beyond], name);
  }
});

test('docs/strategies.md has a section for each strategy, lock first, and each says what it claims, how, for what, when not and whence', () => {
  const sections = textOf('docs/strategies.md').split(/\n(?=## )/);
  const named = sections.flatMap((section) => {
    const name = /^## ([a-z-]+)$/m.exec(section)?.[1];
    return name && strategyNamed(name) ? [{ name, section }] : [];
  });
  assert.deepEqual(named.map(({ name }) => name).toSorted(), strategies.map(({ name }) => name).toSorted());
  assert.equal(named[0]?.name, 'lock');
  for (const { name, section } of named)
    for (const part of ['Claim', 'How', 'Cost', 'Breaks when', 'Source'])
      assert.ok(section.includes(`- **${part}**`), `${name}: ${part}`);
});

/** What a run's summary prints before its checks, on a run of each kind. */
async function labelsOfSummary(): Promise<string[]> {
  const [locked, squid] = await Promise.all(
    ['lock-run', 'squid-run'].map(
      async (name) => judge(await readRun(join(root, 'test/fixtures', name))).record,
    ),
  );
  assert.ok(locked && squid);
  const invalidations = { asked: 2, acknowledged: 1, refilled: 1, olderMs: { p50: 0, max: 2 } };
  const yours = {
    ...locked,
    ...{ attribution: 'answers' as const, notVisible: [] },
    behavesLike: { names: ['lock'], why: 'it does', waits: 'everyone' as const, early: false },
  };
  const summaries = [locked, squid, { ...locked, invalidations }, yours].map((record) => summaryOf(record));
  const lines = summaries.flatMap((summary) => summary.split('\n\n')[0]?.split('\n').slice(1) ?? []);
  return [...new Set(lines.map((line) => line.slice(2, 24).trim()).filter(Boolean))];
}

test('docs/concepts.md explains every line of a summary', async () => {
  const explained = rowsIn(sectionOf('docs/concepts.md', "## A run's summary, line by line")).map(
    ([name = '']) => name,
  );
  const labels = await labelsOfSummary();
  assert.ok(labels.includes('wake behind commit') && labels.includes('forwarded'));
  assert.ok(labels.includes('invalidations'));
  for (const name of [...labels, ...checks.map((check) => check.name)])
    assert.ok(explained.includes(`\`${name}\``), `${name} is not explained`);
});

test('the sample of README.md is the one that docs/concepts.md explains', () => {
  const sampleIn = (path: string) =>
    [...textOf(path).matchAll(FENCED)].find(([block]) => block.includes('verdict: '))?.[2] ?? '';
  const explained = sampleIn('docs/concepts.md').split('\n');
  const shown = sampleIn('README.md').split('\n').slice(4);
  assert.ok(shown.length > 10 && shown[0]?.startsWith('lock: '));
  for (const line of shown) assert.ok(line.trim() === '…' || explained.includes(line), line);
});

test('docs/faults.md has every fault, and the answer expected of each at every point', () => {
  const named = rowsIn(textOf('docs/faults.md').split('\n## ')[0] ?? '').map(([name]) => name);
  assert.deepEqual(named.toSorted(), faults.map(({ name }) => `\`${name}\``).toSorted());
  const expected = faults.flatMap((fault) =>
    pointsOf(fault).map((point) => [`\`${fault.name}\``, `\`${point}\``, fault.points?.[point]]),
  );
  assert.ok(expected.length >= 30);
  assert.deepEqual(rowsIn(sectionOf('docs/faults.md', '## Where a fault strikes')), expected);
});

test('the table of docs/judging.md has every check, in the order of the summary', () => {
  const named = rowsIn(sectionOf('docs/judging.md', '## The checks')).map(([name]) => name);
  assert.deepEqual(
    named,
    checks.map(({ name }) => name),
  );
});

test('each promise in docs/proof.md has a command, a check or a page, and a test', () => {
  const judged = ['## The stampede, and its cures', '## The failures, and the guards'].flatMap((heading) =>
    rowsIn(sectionOf('docs/proof.md', heading)),
  );
  assert.ok(judged.length >= 17);
  for (const [promise = '', command = '', check = '', tests = ''] of judged) {
    assert.ok(commandsIn(command).length > 0, `${promise}: no command`);
    const names = namesIn(check);
    assert.ok(names.length > 0, `${promise}: no check`);
    for (const name of names)
      assert.ok(
        checks.some((known) => known.name === name),
        `${promise}: ${name} is no check`,
      );
    assert.match(tests, /\]\(\.\.\/test\/\S+\.ts\)/, `${promise}: no test`);
  }
  const papers = rowsIn(sectionOf('docs/proof.md', '## The papers'));
  assert.ok(papers.length >= 3);
  for (const [promise = '', , held = ''] of papers) assert.match(held, /\]\(\.\.\/test\/\S+\.ts\)/, promise);
  const seen = rowsIn(sectionOf('docs/proof.md', '## What you see, and your own service'));
  assert.ok(seen.length >= 5);
  for (const [promise = '', command = '', tests = ''] of seen) {
    assert.ok(commandsIn(command).length > 0, `${promise}: no command`);
    assert.match(tests, /\]\(\.\.\/test\/\S+\.ts\)/, promise);
  }
  assert.match(textOf('README.md'), /\(docs\/proof\.md\)/);
});

test('CONTRIBUTING.md has ten pairs of style, and eight files to read, each with the failure that it answers', () => {
  const pairs = rowsIn(sectionOf('CONTRIBUTING.md', '## How we write'));
  assert.equal(pairs.length, 10);
  for (const [not, but] of pairs) assert.ok(not && but && not !== but);
  const files = rowsIn(sectionOf('CONTRIBUTING.md', '## Read these eight files'));
  assert.equal(files.length, 8);
  for (const [, file = '', failure] of files) assert.ok(/\]\(\S+\)/.test(file) && failure, file);
});

test('what docs/choosing.md shows of make advise is what it says', () => {
  const values = valuesFrom('advise', [], {});
  const question = {
    workload: settingsFrom({ ...values, GRACE: values.STALE_OK }),
    staleOkMs: values.STALE_OK,
  };
  const [, , shown] =
    [...textOf('docs/choosing.md').matchAll(FENCED)].find(([block]) => block.includes('recommended:')) ?? [];
  assert.equal(shown?.trimEnd(), adviceText(question, adviceOn(question)));
});

test('the example of docs/own-service.md is the file that is type-checked, has at most 25 lines, and loads', async () => {
  const [, , shown = ''] =
    [...textOf('docs/own-service.md').matchAll(FENCED)].find(([, language]) => language === 'ts') ?? [];
  assert.equal(shown, read('test/unit/house/own-service.example.ts').replaceAll("'../../../", "'./"));
  assert.ok(shown.trimEnd().split('\n').length <= 25);
  const example = await import('./own-service.example.ts');
  assert.equal(typeof example.cached, 'function');
});

test('docs/errors.md has every error code that there is', () => {
  const codes = new Set(found(sources, /'(ERR_DOGPILE_[A-Z_]+[A-Z])'/g));
  assert.ok(codes.size > 12);
  for (const code of codes) assert.ok(textOf('docs/errors.md').includes(`\`${code}\``), code);
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
