import { TERMINAL_WIDTH, wrapped } from '../../report/wrapped.ts';
import { COMMANDS, type Spec } from './commands.ts';
import { defaultOf, PARAMETERS, type Parameter } from './parameters.ts';

/** Targets of the Makefile that are no commands of the lab. */
const OF_THE_PROJECT: readonly MakeTarget[] = [
  { name: 'check', summary: 'lint, format and types', lasts: '15 s' },
  { name: 'fix', summary: 'repair lint and format where that is safe', lasts: '5 s' },
  { name: 'test-quick', summary: 'the tests that need no server', lasts: '1 min' },
  { name: 'test', summary: 'every test', lasts: '16 min' },
  { name: 'nightly', summary: 'ten million requests, every mutant, every alert', lasts: '35 min' },
  { name: 'dashboards', summary: "write Grafana's boards again from their code", lasts: '5 s' },
  { name: 'clean', summary: 'remove all results', lasts: '1 s' },
];

interface MakeTarget extends Pick<Spec, 'summary' | 'lasts'> {
  readonly name: string;
}

/** Says what make can do and what it takes, in lines of at most 80 columns. */
export function helpText(): string {
  const commands: [string, Spec][] = Object.entries(COMMANDS);
  const groups = [...new Set(commands.map(([, { group }]) => group))];
  return [
    'dogpile-lab reproduces the cache stampede, runs each cure under the same load,',
    'and judges every run: pass, fail or unknown. Start with these two:',
    '',
    ...row('make herd STRATEGY=none', 'the stampede', '1 min'),
    ...row('make herd STRATEGY=lock', 'the same load, and one recompute', '1 min'),
    ...groups.flatMap((group) => [
      '',
      `${group}:`,
      ...commands
        .filter(([, spec]) => spec.group === group)
        .flatMap(([name, spec]) => [
          ...rowFor({ name, ...spec }),
          ...(name === 'herd'
            ? rowFor({ name: 'fault-NAME', summary: 'the same, and NAME breaks (see FAULT)', lasts: '1 min' })
            : []),
        ]),
    ]),
    '',
    'This project:',
    ...OF_THE_PROJECT.flatMap(rowFor),
    '',
    ...parameters(),
    '',
    'A parameter is a make variable (make herd TTL=5s), a flag (npx dogpile-lab',
    'herd --ttl 5s) or an environment variable (DOGPILE_TTL=5s make herd).',
    'docs/parameters.md has the range of each, and the commands that take it; so has',
    'npx dogpile-lab herd --help.',
  ].join('\n');
}

const NAME_WIDTH = 25;
const TIME_WIDTH = 7;

const rowFor = ({ name, summary, lasts }: MakeTarget): string[] => row(`make ${name}`, summary, lasts);

/** A target, what it does, and at the right how long it takes. */
function row(target: string, summary: string, lasts: string): string[] {
  const [first = '', ...more] = wrapped(
    `  ${target.padEnd(NAME_WIDTH)}`,
    summary,
    TERMINAL_WIDTH - TIME_WIDTH,
  );
  return [`${first.padEnd(TERMINAL_WIDTH - TIME_WIDTH)}${lasts.padStart(TIME_WIDTH)}`.trimEnd(), ...more];
}

function parameters(): string[] {
  const all = Object.values(PARAMETERS);
  const groups = [...new Set(all.map(({ group }) => group))];
  return groups.flatMap((group) => [
    ...(group === groups[0] ? [] : ['']),
    `${group}, with defaults:`,
    ...all.filter((parameter) => parameter.group === group).flatMap(parameterRow),
  ]);
}

/** A parameter with its default, what it decides, and the words that a choice allows. */
function parameterRow(parameter: Parameter): string[] {
  const label = `  ${`${parameter.name}=${defaultOf(parameter)}`.padEnd(NAME_WIDTH)}`;
  const options = optionsOf(parameter);
  const about = wrapped(label, parameter.about);
  return options ? [...about, ...wrapped(`${' '.repeat(label.length)}one of `, options)] : about;
}

/** The words that a choice allows. */
function optionsOf(parameter: Parameter): string | undefined {
  if (parameter.kind !== 'choice') return undefined;
  return parameter.options?.join(', ');
}
