import { totalmem } from 'node:os';
import { leaseBackends } from '../../backends/locks/index.ts';
import { proxies } from '../../cluster/proxies/index.ts';
import { faults } from '../../faults/index.ts';
import { mutants } from '../../mutants/index.ts';
import { formatExactDuration } from '../../record/duration.ts';
import {
  choice,
  duration,
  type Group,
  inGroup,
  NONE,
  onOff,
  optionalChoice,
  optionalDuration,
  type SettingEntry,
  text,
  whole,
} from '../../record/parameter.ts';
import { SETTINGS, settingText } from '../../record/settings.ts';
import { strategies } from '../../strategies/index.ts';
import { rehearsals } from '../rehearsals/index.ts';
import { STEPS } from '../tour/steps.ts';

interface Words<N extends string, T> {
  readonly name: N;
  readonly preset: T;
  readonly about: string;
}
/** Some of the options, separated by commas, or `all`. */
interface List<N extends string = string> extends Words<N, readonly string[]> {
  readonly kind: 'list';
  readonly options: readonly string[];
}
/** The address of a web server, without a password. */
interface Url<N extends string = string> extends Words<N, string> {
  readonly kind: 'url';
}

/** A parameter of the lab. Its flag is {@link flagOf} its name, its environment variable {@link environmentNameOf} it. */
export type Parameter = (SettingEntry | List | Url) & {
  readonly group: Group;
};

const names: readonly string[] = strategies.map(({ name }) => name);

const list = <const N extends string>(name: N, options: readonly string[], about: string): List<N> => ({
  kind: 'list',
  name,
  preset: options,
  options,
  about,
});
const url = <const N extends string>(name: N, preset: string, about: string): Url<N> => ({
  kind: 'url',
  name,
  preset,
  about,
});

/** What only the lab takes: no setting of a run. */
const LAB_ONLY = {
  ...inGroup('The strategy', {
    STRATEGIES: list('STRATEGIES', names, 'compare: which strategies; none always runs too'),
  }),
  ...inGroup('The key and its origin', {
    STALE_OK: duration(
      'STALE_OK',
      2000,
      [0, 3_600_000],
      'advise: how long past its TTL a value may be served',
    ),
  }),
  ...inGroup('The load', {
    KEYS: whole('KEYS', 200, [1, 10_000], 'jitter: keys filled together; load: keys asked for, by default 1'),
    FOR: optionalDuration('FOR', [1000, 24 * 3_600_000], 'load: how long it lasts; none: until Ctrl-C'),
  }),
  ...inGroup('Your own service', {
    LISTEN: text('LISTEN', '127.0.0.1:9000', 'HOST:PORT', 'origin: where your services reach it'),
    NAMES: text('NAMES', 'app-1,app-2', 'names separated by commas', 'origin: the names of your services'),
  }),
  ...inGroup('What breaks', {
    ALERT: optionalChoice('ALERT', 'rehearse: which alert; none lists them'),
    HEAL: choice('HEAL', 'auto', ['auto', 'by-hand'], 'rehearse: who repairs it, the lab or you'),
  }),
  ...inGroup('The run', {
    REPEAT: whole('REPEAT', 1, [1, 1000], 'how often to run it'),
    TRIALS: whole('TRIALS', 3, [3, 1000], 'compare: runs of each strategy'),
    STEP: whole('STEP', 1, [1, STEPS.length], 'tour: the step to begin with'),
    RUN: text('RUN', 'results/latest', 'the folder of a run', 'judge, report, replay: the folder of the run'),
    WITH: text(
      'WITH',
      NONE,
      'the folder of a run',
      'replay: a second run below, on the same clock; none: one run',
    ),
    CONSOLE_PORT: whole('CONSOLE_PORT', 7070, [0, 65_535], 'console: its port on 127.0.0.1; 0: any free one'),
    QUICK: onOff('QUICK', false, 'mutants: only the sample that every build runs'),
    BOARDS: onOff('BOARDS', true, 'up, with containers: Prometheus and Grafana beside it'),
  }),
  ...inGroup('The boards', {
    GRAFANA: url('GRAFANA', 'http://localhost:3000', 'boards-check: the Grafana that has the boards'),
    RANGE: duration(
      'RANGE',
      300_000,
      [60_000, 21_600_000],
      'boards-check: the time range of the boards; it ends now',
    ),
    WITHIN: duration(
      'WITHIN',
      30_000,
      [1000, 600_000],
      'boards-check: how long each board may take until it shows everything',
    ),
    CHROMIUM: text('CHROMIUM', 'chromium', 'a command, or its path', 'boards-check, pictures: the browser'),
  }),
};

type Table = typeof SETTINGS;
type OfSettings = { readonly [F in keyof Table as Table[F]['name']]: Table[F] };
type Described = OfSettings & typeof LAB_ONLY;

export type Name = keyof Described;
/** The parameters' values: durations in ms, `none` as null. */
export type Values = { readonly [N in Name]: Described[N]['preset'] };
export type Value = Values[Name];

const MB_PER_REPLICA = 150;
/** About what this machine's memory holds, if each replica has its share of everything else. */
const mostReplicas = Math.max(1, Math.floor((totalmem() * 0.75) / (MB_PER_REPLICA * 2 ** 20)));

/** What the registries know. */
const CHOICES: Partial<Record<Name, readonly string[]>> = {
  STRATEGY: names,
  LEASE_BACKEND: leaseBackends,
  PROXY: [NONE, ...proxies.map(({ name }) => name)],
  FAULT: [NONE, ...faults.map(({ name }) => name)],
  ABLATE: [NONE, ...mutants.map(({ name }) => name)],
  ALERT: [NONE, 'all', ...rehearsals.map(({ alert }) => alert)],
};

function forThisLab(parameter: Parameter): Parameter {
  const { REPLICAS } = SETTINGS_BY_NAME;
  if (parameter.name === REPLICAS.name) return { ...REPLICAS, most: Math.min(REPLICAS.most, mostReplicas) };
  const options = CHOICES[parameter.name as Name];
  return options && parameter.kind === 'choice' ? { ...parameter, options } : parameter;
}

const SETTINGS_BY_NAME = Object.fromEntries(
  Object.values(SETTINGS).map((setting) => [setting.name, setting]),
) as OfSettings;

/** Every parameter, by its make variable. */
export const PARAMETERS = Object.fromEntries(
  Object.entries({ ...SETTINGS_BY_NAME, ...LAB_ONLY }).map(([name, parameter]) => [
    name,
    forThisLab(parameter),
  ]),
) as Readonly<Record<Name, Parameter>>;

export const isName = (name: string): name is Name => Object.hasOwn(PARAMETERS, name);

/** The names of the settings of a run. */
export const SETTING_NAMES = Object.keys(SETTINGS_BY_NAME) as readonly Name[];

export const flagOf = (name: string): string => `--${name.toLowerCase().replaceAll('_', '-')}`;
export const environmentNameOf = (name: string): string => `DOGPILE_${name}`;

/** Writes a parameter's default as it would be typed. */
export function defaultOf(parameter: Parameter): string {
  if (parameter.kind === 'duration') return formatExactDuration(parameter.preset);
  return parameter.kind === 'list' ? 'all' : settingText(parameter.preset);
}

/** Says what a parameter takes in a few words, for help and docs. */
export function rangeOf(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'duration':
      return `${formatExactDuration(parameter.least)} to ${formatExactDuration(parameter.most)}`;
    case 'optional duration':
      return `${NONE}, or ${formatExactDuration(parameter.least)} to ${formatExactDuration(parameter.most)}`;
    case 'whole':
    case 'number':
      return `${parameter.least} to ${parameter.most}`;
    case 'switch':
      return 'on or off';
    case 'text':
      return parameter.what;
    case 'optional text':
      return `${NONE}, or ${parameter.what}`;
    case 'url':
      return 'a URL';
    default:
      return parameter.options?.join(', ') ?? '';
  }
}

/** Says what a parameter takes, in the words of an error message. */
export function allowedFor(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'duration':
      return `a duration from ${rangeOf(parameter)}, such as 200ms or 3s`;
    case 'optional duration':
      return `${NONE}, or a duration from ${formatExactDuration(parameter.least)} to ${formatExactDuration(parameter.most)}, such as 500ms`;
    case 'whole':
      return `a whole number from ${rangeOf(parameter)}`;
    case 'number':
      return `a number from ${rangeOf(parameter)}`;
    case 'switch':
      return 'on, off';
    case 'choice':
      return `${parameter.options?.join(', ') ?? ''}${parameter.pairs ? '; or two of them, joined by a plus sign' : ''}`;
    case 'list':
      return `all, or some of ${parameter.options.join(',')}`;
    case 'text':
    case 'optional text':
      return rangeOf(parameter);
    case 'url':
      return 'a URL that begins with http:// or https:// and has no password';
  }
}
