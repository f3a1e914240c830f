import type { BehavesLike } from '../../record/result.ts';
import type { Behaviour } from './behaviour.ts';

/** With so few expiries nobody can tell. */
const FEWEST_EXPIRIES = 2;
/** Up to this mean, an expiry has one recompute, but for an accident now and then. */
const ABOUT_ONE = 1.15;
/** Within this share of the TTL, and this time, an early recompute may be a service's own jitter. */
const EARLY_SHARE = 0.1;
const EARLY_MS = 25;
/** If so many of the requests meanwhile waited, everyone did who could. */
const EVERYONE_SHARE = 0.4;
/** Else, if at least so many per expiry waited, those who recompute did. */
const WINNERS_SHARE = 0.5;
/** If fewer requests come while a value is replaced, the one who recomputes is a large share of them. */
const FEWEST_MEANWHILE = 4;
/** From this share of its answers on, a service answers with nothing but what it made itself. */
const OWN_SHARE = 0.98;
/** If a replica sends this share of its part of λδ to the origin, nothing holds its requests back. */
const UNGUARDED_SHARE = 0.3;

/** The word for replicas that share nothing. */
export const SEPARATE = 'separate caches';

/**
 * Says which strategies a service behaves like. What counts is how many recomputes an expiry has, by how many replicas, whether
 * they begin before the value is due, who waits for them, and whether old values are served meanwhile.
 */
export function behavesLike(behaviour: Behaviour): BehavesLike {
  const waits = whoWaits(behaviour);
  const early = isEarly(behaviour);
  return { names: namesFor(behaviour, waits, early), why: sentenceFor(behaviour, early), waits, early };
}

function namesFor(behaviour: Behaviour, waits: BehavesLike['waits'], early: boolean): string[] {
  const { expiries, replicas, recomputes, byOneReplica, answers, ownValue, herd } = behaviour;
  if (replicas > 1 && answers > 0 && ownValue / answers >= OWN_SHARE) return [SEPARATE];
  if (expiries < FEWEST_EXPIRIES) return [];
  if (byOneReplica > 1) {
    if (early) return ['xfetch'];
    return recomputes >= UNGUARDED_SHARE * herd || recomputes > replicas
      ? ['none']
      : ['none', 'single-flight'];
  }
  if (recomputes > ABOUT_ONE) return early ? ['xfetch'] : severalReplicas(behaviour);
  return early ? onceEarly(behaviour, waits) : onceWhenDue(behaviour, waits);
}

/** If only some of the replicas recompute, some are held back by the others. */
const severalReplicas = ({ recomputes, replicas }: Behaviour): string[] =>
  recomputes >= (1 + replicas) / 2 ? ['single-flight'] : ['single-flight', 'lock'];

function onceEarly({ byRefreshers, stale }: Behaviour, waits: BehavesLike['waits']): string[] {
  if (byRefreshers) return ['refresh-ahead'];
  // With xfetch, whoever recomputes early waits for the value.
  if (waits !== 'nobody') return ['xfetch'];
  return stale > 0 ? ['hybrid'] : ['hybrid', 'xfetch-lock'];
}

function onceWhenDue({ replicas, stale }: Behaviour, waits: BehavesLike['waits']): string[] {
  if (waits === 'everyone') return replicas === 1 ? ['lock', 'single-flight'] : ['lock'];
  const withOldValues = waits === 'winner' ? 'try-lock' : 'stale-while-revalidate';
  // Too few requests may have come meanwhile, or too early in the life of a stale value for it to show.
  return stale > 0 ? [withOldValues] : ['lock', withOldValues];
}

function whoWaits({ waits: { inside, slow }, expiries }: Behaviour): BehavesLike['waits'] {
  const isEveryone = inside >= FEWEST_MEANWHILE * expiries && slow >= EVERYONE_SHARE * inside;
  if (isEveryone && inside > 0) return 'everyone';
  return slow > 0 && slow >= WINNERS_SHARE * expiries ? 'winner' : 'nobody';
}

const isEarly = ({ leadMs, ttlMs, expiries }: Behaviour): boolean =>
  expiries > 0 && leadMs > EARLY_SHARE * ttlMs + EARLY_MS;

function sentenceFor(behaviour: Behaviour, early: boolean): string {
  const { expiries, replicas, recomputes, byOneReplica, leadMs, waits, stale, answers, ownValue } = behaviour;
  const share = (part: number, of: number) => `${of === 0 ? 0 : Math.round((100 * part) / of)} %`;
  return [
    `${figure(recomputes)} ${recomputes === 1 ? 'recompute' : 'recomputes'} per expiry, up to ${figure(byOneReplica)} by one replica (${expiries} expiries, ${replicas} replicas)`,
    early ? `begun ${Math.round(leadMs)} ms before the value was due` : 'begun when the value was due',
    `${share(waits.slow, waits.inside)} of ${waits.inside} requests meanwhile waited`,
    stale > 0 ? `${share(stale, answers)} of all answers past their TTL` : 'no answer past its TTL',
    ...(answers > 0 && ownValue === answers && replicas > 1
      ? ['no replica answered with another one’s value']
      : []),
  ].join('; ');
}

const figure = (value: number): string => `${Number(value.toFixed(2))}`;
