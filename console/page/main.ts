import type { JobCommand, JobView, RunList } from '../view/messages.ts';
import { Connection } from './connection.ts';
import { byId, element, setText } from './dom.ts';
import { JobForm } from './job-form.ts';
import { loadForms, takeToken } from './lab-api.ts';
import { RunPanel, replayLink } from './run-panel.ts';
import { RunsList } from './runs-list.ts';
import { Tour } from './tour.ts';

const MOST_SHOWN = 2;

takeToken();
const panels = new Map<string, RunPanel>();
/** The runs that are shown. */
let shown: readonly string[] = new URLSearchParams(location.hash.slice(1)).getAll('run').slice(0, MOST_SHOWN);
/** Whether the newest run is shown as soon as there is one. */
let isFollowing = shown.length === 0;
let newest: string | undefined;

const list = new RunsList(byId('runs'), { open });
const forms = await loadFormsOrRetry();
const run = new JobForm('herd', forms.herd ?? [], {
  start: 'Start',
  stop: 'Stop it',
  first: ['STRATEGY', 'FAULT', 'EXPIRIES', 'RATE', 'TTL', 'RECOMPUTE'],
  onStarted: follow,
});
const others = new Map<JobCommand, JobForm>([
  [
    'up',
    new JobForm('up', forms.up ?? [], {
      start: 'Start a cluster that stays',
      stop: 'Stop that',
      first: ['STRATEGY', 'ORIGIN_CAPACITY'],
    }),
  ],
  [
    'load',
    new JobForm('load', forms.load ?? [], {
      start: 'Send requests to it',
      stop: 'Stop them',
      first: ['RATE'],
    }),
  ],
  [
    'fault',
    new JobForm('fault', forms.fault ?? [], { start: 'Break it', stop: 'Heal it now', first: ['FAULT'] }),
  ],
  ['heal', new JobForm('heal', forms.heal ?? [], { start: 'Heal', stop: 'Stop that', first: [] })],
  ['down', new JobForm('down', [], { start: 'End the cluster', stop: 'Stop that', first: [] })],
]);
byId('start').append(run.element);
byId('playground').append(
  element(
    'details',
    {},
    element('summary', {}, 'A cluster that stays up, with a load and faults as you like; nothing is judged'),
    ...[...others.values()].map((form) => form.element),
  ),
);
const tour = new Tour(byId('tour'), { start: (values) => run.start(values) });
const connection = new Connection(
  {
    runs: onRuns,
    run(view) {
      panels.get(view.run)?.update(view);
      offerBoth();
      tour.look(view);
    },
    missing: ({ run }) => panels.get(run)?.say('There is no such run here.'),
    jobs: onJobs,
  },
  (trouble) => {
    const status = byId('connection');
    status.className = trouble ? 'lost' : '';
    setText(status, trouble ? `${trouble} Trying again …` : 'connected');
  },
);

showRuns();

/** The lab may be starting, or too busy to answer. */
async function loadFormsOrRetry(): ReturnType<typeof loadForms> {
  for (;;)
    try {
      return await loadForms();
    } catch {
      await new Promise((done) => setTimeout(done, 1000));
    }
}

function onRuns(runs: RunList): void {
  list.set(runs);
  if (tour.adopt(runs.runs)) connection.show(followed());
  const before = newest;
  newest = runs.runs[0]?.run;
  if (isFollowing && newest !== undefined && newest !== before && !shown.includes(newest)) {
    shown = [newest];
    showRuns();
  }
}

function onJobs(jobs: readonly JobView[]): void {
  const herd = jobs.find(({ command }) => command === 'herd');
  run.update(herd);
  tour.follow(herd);
  for (const [command, form] of others) form.update(jobs.find((job) => job.command === command));
}

/** Shows the run that was started, once it is there. */
function follow(): void {
  isFollowing = true;
}

function open(name: string, isBeside: boolean): void {
  isFollowing = false;
  shown = isBeside ? [...shown.slice(-1), name] : [name];
  showRuns();
}

function close(name: string): void {
  isFollowing = false;
  shown = shown.filter((one) => one !== name);
  showRuns();
}

/** The runs that the page needs news of: those that are shown, and the tour's, which tells of it even if its panel is closed. */
function followed(): string[] {
  return [...new Set([...shown, tour.run].filter((name) => name !== undefined))];
}

/** Links to the replay of both runs, once both have one. */
function offerBoth(): void {
  const isOffered = shown.length > 1 && shown.every((name) => panels.get(name)?.hasReplay);
  const link = replayLink(shown, 'replay both on one clock');
  const before = byId('both').querySelector('a');
  if (!isOffered) byId('both').replaceChildren();
  else if (before?.href !== link.href) byId('both').replaceChildren(link);
}

/** Puts the panels of the runs that are shown on the page, and asks for their news. */
function showRuns(): void {
  for (const [name, panel] of panels)
    if (!shown.includes(name)) {
      panel.close();
      panels.delete(name);
    }
  for (const name of shown)
    if (!panels.has(name)) {
      const panel = new RunPanel(name, () => close(name));
      panels.set(name, panel);
      byId('shown').append(panel.element);
    }
  byId('shown').className = shown.length > 1 ? 'two' : '';
  offerBoth();
  list.setShown(shown);
  const address = new URLSearchParams(shown.map((name) => ['run', name]));
  history.replaceState(null, '', isFollowing || address.size === 0 ? location.pathname : `#${address}`);
  connection.show(followed());
}
