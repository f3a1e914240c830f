import { type Name, SETTING_NAMES } from './parameters.ts';

/** One command of the lab. It is a make target of the same name. */
export interface Spec {
  readonly group:
    | 'Runs, each judged'
    | 'On call'
    | 'Without a run'
    | 'A cluster that stays up'
    | 'Boards that outlive runs';
  /** What it does, for help. */
  readonly summary: string;
  /** How long it takes with its defaults. */
  readonly lasts: string;
  readonly takes: readonly Name[];
  /** Its own defaults, where those of the parameters do not show what it is about. */
  readonly presets?: Readonly<Partial<Record<Name, string>>>;
  /** Why it does not take a parameter that one might expect. */
  readonly without?: Readonly<Partial<Record<Name, string>>>;
}

const settingsBut = (...left: readonly Name[]): Name[] =>
  SETTING_NAMES.filter((name) => !left.includes(name));

const PROXY_NAMES: readonly Name[] = ['PROXY', 'PROXIES', 'PROXY_GRACE', 'APP_HEADERS'];
const OWN_SERVICE_NAMES: readonly Name[] = [
  'APP',
  'IMAGE',
  'TARGET',
  'CLAIM',
  'KEY_PATH',
  'HEADERS',
  'VERSION_AT',
];
const HEALTHY = 'its runs are healthy ones';

export const COMMANDS = {
  herd: {
    group: 'Runs, each judged',
    summary: 'run one strategy under load',
    lasts: '1 min',
    takes: [...settingsBut(), 'REPEAT'],
  },
  faults: {
    group: 'Runs, each judged',
    summary: 'run under every fault at each of its points',
    lasts: '30 min',
    takes: [...settingsBut('FAULT'), 'REPEAT'],
    without: { FAULT: 'it runs every fault' },
  },
  ablate: {
    group: 'Runs, each judged',
    summary: 'take out each guard in turn, and see what fails',
    lasts: '10 min',
    takes: settingsBut(
      'FAULT',
      'AT',
      'STRATEGY',
      'LEASE_BACKEND',
      'INVALIDATE',
      ...PROXY_NAMES,
      ...OWN_SERVICE_NAMES,
    ),
    without: {
      INVALIDATE: 'each guard is tried under the fault that it answers',
      AT: 'each fault strikes where the guard is',
      FAULT: 'each guard is tried under the fault that it answers',
      STRATEGY: 'each guard belongs to a strategy, and ABLATE chooses the guard',
      LEASE_BACKEND: 'the guards are those of the lease in Redis',
    },
  },
  mutants: {
    group: 'Runs, each judged',
    summary: 'make it wrong in each known way, and see it noticed',
    lasts: '15 min',
    takes: [
      ...settingsBut(
        'FAULT',
        'AT',
        'STRATEGY',
        'LEASE_BACKEND',
        'INVALIDATE',
        ...PROXY_NAMES,
        ...OWN_SERVICE_NAMES,
      ),
      'QUICK',
    ],
    // Containers would take ten seconds more for each run.
    presets: { RUNTIME: 'local' },
    without: {
      AT: 'each fault strikes where the mutant is wrong',
      FAULT: 'each mutant has its own',
      INVALIDATE: 'each mutant has its own',
      STRATEGY: 'each mutant changes one strategy, and ABLATE chooses the mutant',
      LEASE_BACKEND: 'the mutants are made for the lease in Redis',
    },
  },
  compare: {
    group: 'Runs, each judged',
    summary: 'run every strategy under the same load',
    lasts: '17 min',
    takes: [
      ...settingsBut('STRATEGY', 'FAULT', 'AT', 'ABLATE', 'LEASE_BACKEND', ...OWN_SERVICE_NAMES),
      'STRATEGIES',
      'TRIALS',
    ],
    without: {
      STRATEGY: 'it runs several',
      FAULT: HEALTHY,
      AT: HEALTHY,
      ABLATE: HEALTHY,
      LEASE_BACKEND: 'it always runs none too, which takes no lease',
    },
  },
  jitter: {
    group: 'Runs, each judged',
    summary: 'expire many keys at once, with TTL jitter and without',
    lasts: '1 min',
    takes: [
      ...settingsBut(
        'FAULT',
        'AT',
        'ABLATE',
        'EXPIRIES',
        'LEASE_BACKEND',
        'INVALIDATE',
        ...PROXY_NAMES,
        ...OWN_SERVICE_NAMES,
      ),
      'KEYS',
    ],
    // A queue at the origin would spread the batch as jitter does.
    presets: { ORIGIN_CAPACITY: '0' },
    without: {
      FAULT: HEALTHY,
      AT: HEALTHY,
      ABLATE: HEALTHY,
      EXPIRIES: 'it always judges 5',
      INVALIDATE: 'each key expires once',
      LEASE_BACKEND: 'it runs none too, which takes no lease',
      PROXY: 'a proxy keeps every value equally long',
    },
  },
  leases: {
    group: 'Runs, each judged',
    summary: 'break every kind of lease, and time its release',
    lasts: '1 min',
    takes: [],
    without: { LEASE: 'it measures with leases of 1s', LEASE_BACKEND: 'it measures all of them' },
  },
  tour: {
    group: 'Runs, each judged',
    summary: 'predict, run, see: the dogpile and its cures in six steps',
    lasts: '6 min',
    takes: ['RUNTIME', 'STEP'],
    without: { STRATEGY: 'each step has its own' },
  },
  pictures: {
    group: 'Runs, each judged',
    summary: 'draw the pictures of the docs from three runs',
    lasts: '2 min',
    takes: ['RUNTIME', 'CHROMIUM'],
    // Containers would load the machine more.
    presets: { RUNTIME: 'local' },
    without: { STRATEGY: 'it draws none and lock', FAULT: 'it draws pause-holder' },
  },
  console: {
    group: 'Runs, each judged',
    summary: 'watch, start and stop runs in your browser',
    lasts: '',
    takes: ['CONSOLE_PORT'],
    without: { STRATEGY: 'you choose it on the page', RUN: 'the page lists all runs' },
  },
  rehearse: {
    group: 'On call',
    summary: 'break a cluster until an alert fires, and repair it',
    lasts: '1 min',
    takes: ['ALERT', 'HEAL', 'RUNTIME'],
    without: { STRATEGY: 'each alert has its own', FAULT: 'ALERT chooses what breaks' },
  },
  advise: {
    group: 'Without a run',
    summary: 'say which strategy fits your numbers',
    lasts: '1 s',
    takes: [
      'TTL',
      'RECOMPUTE',
      'REPLICAS',
      'RATE',
      'STALE_OK',
      'LEASE',
      'BETA',
      'REFRESH_INTERVAL',
      'ORIGIN_CAPACITY',
    ],
    without: { STRATEGY: 'the strategy is its answer', FAULT: 'it asks for a healthy cluster' },
  },
  judge: {
    group: 'Without a run',
    summary: 'judge a recorded run again',
    lasts: '5 s',
    takes: ['RUN'],
  },
  'check-app': {
    group: 'Without a run',
    summary: 'say which parts of the contract your own service keeps',
    lasts: '10 s',
    takes: ['APP', 'KEY_PATH', 'HEADERS', 'VERSION_AT', 'TTL', 'RECOMPUTE'],
    presets: { TTL: '1s', RECOMPUTE: '100ms' },
    without: {
      IMAGE: 'it starts processes',
      TARGET: 'it starts and ends the service itself',
      CLAIM: 'it judges nothing',
      REPLICAS: 'it starts two',
    },
  },
  'boards-check': {
    group: 'Without a run',
    summary: 'open each board in Chromium; fail where a panel is broken or empty',
    lasts: '1 min',
    takes: ['GRAFANA', 'RANGE', 'WITHIN', 'CHROMIUM'],
  },
  report: {
    group: 'Without a run',
    summary: 'draw a recorded run, and open the page',
    lasts: '5 s',
    takes: ['RUN'],
  },
  replay: {
    group: 'Without a run',
    summary: 'make a page that plays a recorded run, event by event',
    lasts: '5 s',
    takes: ['RUN', 'WITH'],
  },
  help: { group: 'Without a run', summary: 'print this', lasts: '1 s', takes: [] },
  origin: {
    group: 'A cluster that stays up',
    summary: 'an origin and a Redis for services that you start',
    lasts: '',
    takes: ['LISTEN', 'NAMES', 'TTL', 'RECOMPUTE', 'RECOMPUTE_JITTER', 'ORIGIN_CAPACITY', 'SEED'],
    without: { STRATEGY: 'your services have their own', REPLICAS: 'NAMES has one name for each' },
  },
  up: {
    group: 'A cluster that stays up',
    summary: 'start it and print its addresses',
    lasts: '10 s',
    takes: [...settingsBut('FAULT', 'AT', 'RATE', 'EXPIRIES', 'INVALIDATE', ...OWN_SERVICE_NAMES), 'BOARDS'],
    without: {
      RATE: 'it sends no load',
      EXPIRIES: 'it sends no load',
      INVALIDATE: 'it sends no load',
      FAULT: 'it breaks nothing',
      AT: 'it breaks nothing',
    },
  },
  load: {
    group: 'A cluster that stays up',
    summary: 'send requests to it, until Ctrl-C or FOR',
    lasts: '',
    takes: ['RATE', 'KEYS', 'FOR'],
    // The key that faults are about.
    presets: { KEYS: '1' },
    without: { EXPIRIES: 'it judges none', REPLICAS: 'the cluster has its own' },
  },
  status: {
    group: 'A cluster that stays up',
    summary: 'say which of its members are up, and where',
    lasts: '1 s',
    takes: [],
  },
  logs: {
    group: 'A cluster that stays up',
    summary: 'follow what its members log, until Ctrl-C',
    lasts: '',
    takes: [],
  },
  heal: {
    group: 'A cluster that stays up',
    summary: 'restart and resume what is broken in it',
    lasts: '5 s',
    takes: [],
  },
  down: { group: 'A cluster that stays up', summary: 'end it', lasts: '5 s', takes: [] },
  boards: {
    group: 'Boards that outlive runs',
    summary: 'start Prometheus and Grafana, and say where they are',
    lasts: '10 s',
    takes: ['RUNTIME'],
  },
  'boards-down': {
    group: 'Boards that outlive runs',
    summary: 'end them; what they recorded stays',
    lasts: '5 s',
    takes: [],
  },
} as const satisfies Record<string, Spec>;

export type CommandName = keyof typeof COMMANDS;

export const commandNames = Object.keys(COMMANDS) as readonly CommandName[];
export const specOf = (command: CommandName): Spec => COMMANDS[command];
export const takes = (command: CommandName, name: Name): boolean => specOf(command).takes.includes(name);

/** The commands that take a parameter. */
export const takersOf = (name: Name): CommandName[] => commandNames.filter((command) => takes(command, name));
