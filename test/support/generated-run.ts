import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Recording } from '../../judge/evidence.ts';
import type { RunEvent } from '../../record/facts.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { FileSeal } from '../../record/run.ts';
import { lock } from '../../strategies/lock.ts';
import { recordedRun } from './recorded-run.ts';

const STARTED_AT = 1_795_315_735_000;
const OPENING_MS = 3000;
const REPLICAS = ['app-1', 'app-2', 'app-3', 'app-4'];
const TTL_MS = 3000;
const RECOMPUTE_MS = 200;
/** How long after it was due a request is sent, and a hit is answered. */
const [SEND_MS, HIT_MS] = [0.05, 0.8];
/** How long after the commit the first waiter is answered, and each other one after the one before. */
const [WAKE_MS, NEXT_WAITER_MS] = [0.4, 0.001];
const CLOCKS_EVERY_MS = 5000;
const PIECE = 1 << 16;

interface Expiry {
  readonly version: number;
  /** The request that found the value due, and when the value was stored. */
  readonly winner: number;
  readonly maker: string;
  readonly filledAt: number;
}

/** A run that never happened, with its history not yet written. */
export interface GeneratedRun {
  readonly recording: Omit<Recording, 'arrivals'>;
  /** Writes the history to this path piece by piece, and gives its seal. */
  writeHistory(path: string): FileSeal;
}

const dueAt = (index: number, ratePerSecond: number) => STARTED_AT + (index * 1000) / ratePerSecond;
const replicaOf = (index: number) => REPLICAS[index % REPLICAS.length] as string;

/** Generates a healthy run of the lock with so many requests. Always the same for the same numbers. */
export async function generatedRun(requests: number, ratePerSecond = 1000): Promise<GeneratedRun> {
  const expiries = expiriesUntil(requests, ratePerSecond);
  const { facts } = await recordedRun('lock-run');
  const lastDueAt = dueAt(requests - 1, ratePerSecond);
  const whole = expiries.filter(({ filledAt }) => filledAt < lastDueAt).length;
  const settings = {
    ...facts.settings,
    ...{ replicas: REPLICAS.length, ratePerSecond, ttlMs: TTL_MS, recomputeMs: RECOMPUTE_MS, ttlJitter: 0 },
    expiries: whole - 1,
  };
  const herd = {
    scheduled: requests,
    lastDueAt,
    openedAt: STARTED_AT + OPENING_MS,
    eventLoopDelayMs: { p99: 2, max: 9 },
  };
  return {
    recording: {
      facts: { ...facts, run: `generated-${requests}`, settings, herd, redisCommands: requests },
      ledger: expiries.flatMap((expiry) => ledgerOf(expiry, ratePerSecond)),
      events: [...clocksUntil(lastDueAt), ...expiries.flatMap((expiry) => eventsOf(expiry, ratePerSecond))],
      claim: lock.claim,
      faults: [],
    },
    writeHistory: (path) => written(path, linesOf(requests, ratePerSecond, expiries)),
  };
}

/** Gives every expiry that a request meets: the first at once, each other one when the last value's TTL is over. */
function expiriesUntil(requests: number, ratePerSecond: number): Expiry[] {
  const expiries: Expiry[] = [];
  for (let winner = 0; winner < requests; ) {
    const filledAt = dueAt(winner, ratePerSecond) + RECOMPUTE_MS + 1;
    expiries.push({ version: expiries.length + 1, winner, maker: replicaOf(winner), filledAt });
    winner = Math.ceil(((filledAt + TTL_MS - STARTED_AT) * ratePerSecond) / 1000);
  }
  return expiries;
}

const grantedAt = ({ winner }: Expiry, ratePerSecond: number) => dueAt(winner, ratePerSecond) + 0.3;

function ledgerOf(expiry: Expiry, ratePerSecond: number): LedgerLine[] {
  const { version, maker, filledAt } = expiry;
  const seenAt = grantedAt(expiry, ratePerSecond);
  const at = seenAt + 0.1;
  return [
    { event: 'begin', id: version, key: 'hot', by: maker, arrivedAt: at, seenAt, version, at },
    { event: 'end', id: version, at: filledAt - 0.2, ending: 'ok' },
  ];
}

function eventsOf(expiry: Expiry, ratePerSecond: number): RunEvent[] {
  const { version, maker, filledAt } = expiry;
  const storeAt = grantedAt(expiry, ratePerSecond);
  const fence = Math.floor(storeAt);
  const waiting = REPLICAS.filter((by) => by !== maker).map(
    (by): RunEvent => ({ at: storeAt + 2, by, event: 'waiting', key: 'hot', atOnce: 1 }),
  );
  return [
    { at: storeAt, by: maker, event: 'granted', key: 'hot', fence, token: `${maker}:${version}`, storeAt },
    ...waiting,
    {
      ...{ at: filledAt, by: maker, event: 'commit', key: 'hot', op: version, version, fence },
      ...{ outcome: 'accepted', storeAt: filledAt },
    },
  ];
}

/** Gives samples of clocks that all show the same. */
function clocksUntil(lastDueAt: number): RunEvent[] {
  const samples: RunEvent[] = [];
  for (let at = STARTED_AT; at < lastDueAt; at += CLOCKS_EVERY_MS)
    for (const clock of ['store', 'herd', 'origin'])
      samples.push({ at, by: 'lab', event: 'clock', of: clock, aheadMs: 0, errorMs: 0.5 });
  return samples;
}

/** Gives the history's lines, in the order of their endings. Who is sent while a value is recomputed waits for it. */
function* linesOf(requests: number, ratePerSecond: number, expiries: readonly Expiry[]): Generator<string> {
  let current = 0;
  for (let index = 0; index < requests; index++) {
    while (index >= (expiries[current + 1]?.winner ?? requests)) current += 1;
    const { version, winner, filledAt } = expiries[current] as Expiry;
    const due = dueAt(index, ratePerSecond);
    const waits = due + SEND_MS < filledAt;
    const served = index === winner ? 'recomputed' : waits ? 'waited' : 'hit';
    const endedAt = waits ? filledAt + WAKE_MS + (index - winner) * NEXT_WAITER_MS : due + HIT_MS;
    yield `{"dueAt":${due},"sentAt":${due + SEND_MS},"ending":"ok","status":200,"by":"${replicaOf(index)}",` +
      `"served":"${served}","version":${version},"answeredAt":${endedAt - 0.2},"endedAt":${endedAt},` +
      `"tookMs":${endedAt - due - 0.4}}\n`;
  }
}

function written(path: string, lines: Iterable<string>): FileSeal {
  const [file, hash] = [openSync(path, 'w'), createHash('sha256')];
  let [count, piece] = [0, ''];
  const put = () => {
    hash.update(piece);
    writeSync(file, piece);
    piece = '';
  };
  for (const line of lines) {
    count += 1;
    piece += line;
    if (piece.length >= PIECE) put();
  }
  put();
  closeSync(file);
  return { lines: count, sha256: hash.digest('hex') };
}
