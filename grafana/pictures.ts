import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freeRow } from '../cluster/ports.ts';
import { settingsFrom } from '../lab/parameters/settings.ts';
import { valuesFrom } from '../lab/parameters/values.ts';
import { runExperiment } from '../lab/run/experiment.ts';
import type { TimeRange } from '../prometheus/api.ts';
import { startPrometheus } from '../prometheus/server.ts';
import { dashboardOf } from './board.ts';
import { boards } from './boards/index.ts';
import { picture } from './chart/picture.ts';

/** Charts what the boards show of real runs, into docs/img: the panels' own queries, asked of a real Prometheus. */

const IMAGES = fileURLToPath(new URL('../docs/img/', import.meta.url));
const REPLICAS = 4;
const HERD = ['RUNTIME=local', `REPLICAS=${REPLICAS}`, 'RATE=300', 'RECOMPUTE=300ms', 'EXPIRIES=6'];
const HERD_PANELS = [
  'Origin recomputes a second, by replica',
  'Recomputes per expiry',
  'Recomputes at once, high-water',
  'Request outcomes',
];

const first = await freeRow(REPLICAS + 2);
const folder = await mkdtemp(join(tmpdir(), 'dogpile-'));
const prometheus = await startPrometheus(join(folder, 'prometheus'), {
  // The lab takes them in this order: the replicas, Redis, the origin.
  app: Array.from({ length: REPLICAS }, (_, index) => `127.0.0.1:${first + index}`),
  origin: [`127.0.0.1:${first + REPLICAS + 1}`],
});
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());

/** Runs the herd and gives the time it took. */
async function herd(...typed: string[]): Promise<TimeRange> {
  console.log(`herd ${typed.join(' ')}`);
  const settings = settingsFrom(valuesFrom('herd', [...HERD, ...typed, `PORT=${first}`], {}));
  const start = Date.now() / 1000;
  await runExperiment({ settings, results: join(folder, 'results'), signal: interruption.signal });
  const end = Date.now() / 1000;
  const mark = `dogpile_lab_mark_timestamp_seconds{kind="run", name="${settings.strategy}"}`;
  const [marked] = await prometheus.over(mark, { start, end });
  return { start: marked?.points.at(-1)?.[1] ?? start, end };
}

async function draw(file: string, uid: string, panels: readonly string[], caption: string, range: TimeRange) {
  const board = boards.find((candidate) => candidate.uid === uid);
  if (!board) throw new Error(`no board ${uid}`);
  const whole = { start: Math.floor(range.start), end: Math.ceil(range.end) };
  await writeFile(join(IMAGES, file), await picture(dashboardOf(board), panels, caption, prometheus, whole));
}

try {
  const none = await herd('STRATEGY=none');
  await herd('STRATEGY=single-flight');
  const lock = await herd('STRATEGY=lock');
  await draw(
    'herd-none.svg',
    'herd',
    [...HERD_PANELS, 'Latency, recomputed'],
    'none, a stampede at each TTL boundary',
    none,
  );
  await draw('herd-lock.svg', 'herd', [...HERD_PANELS, 'Latency, waited'], 'lock, the same load', lock);
  const LEASE = [
    'Who holds it',
    'Held for',
    'Attempts to take the lease',
    'Renewed, lost, taken over',
    'Commits, accepted and refused',
    'Wake-up lag',
  ];
  await draw('lease-lock.svg', 'lease', LEASE, 'healthy', lock);
  const FLEET = ['Event loop, p99 delay', 'CPU', 'Redis commands per request', 'Requests, by replica'];
  await draw('fleet-none.svg', 'fleet', FLEET, 'none', none);
  await draw('fleet-lock.svg', 'fleet', FLEET, 'lock', lock);
  const SIDE_BY_SIDE = [
    'Worst expiry',
    'Worst expiry, in claims',
    'Most recomputes at once',
    'Latency, p99 of all',
    'Share that waited',
    'Share that recomputed',
    'Origin recomputes a second',
  ];
  await draw('strategies.svg', 'strategies', SIDE_BY_SIDE, 'none, single-flight and lock in turn', {
    start: none.start,
    end: lock.end,
  });
  const killed = await herd('STRATEGY=lock', 'FAULT=kill-holder');
  await draw('lease-kill-holder.svg', 'lease', LEASE, 'the holder is killed in mid-recompute', killed);
} finally {
  await prometheus.stop();
  await rm(folder, { recursive: true, force: true });
}
