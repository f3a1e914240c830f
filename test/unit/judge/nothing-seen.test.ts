import assert from 'node:assert/strict';
import { it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const good = await recordedRun('lock-run');
const proxied = await recordedRun('squid-run');

/** For each check, a run that shows it nothing to judge. */
const SHOWN_NOTHING: Readonly<Record<string, Recording>> = {
  'fencing order': {
    ...good,
    events: good.events.filter((event) => !isDecidedCommit(event) || event.version < 2).filter(notCommitting),
  },
  'monotonic reads': only(({ version }) => version === 3),
  'staleness bound': {
    ...good,
    arrivals: good.arrivals.map((arrival) => ({ ...arrival, degraded: true })),
  },
  'one waiter per replica': only(({ served }) => served !== 'waited'),
  'woken, not polling': only(({ served }) => served !== 'waited'),
  'every request accounted for': {
    ...only(() => false),
    facts: { ...good.facts, herd: { ...good.facts.herd, scheduled: 0 } },
  },
  'injector health': only(() => false),
  'requests forwarded': {
    ...proxied,
    arrivals: proxied.arrivals.map(({ cache, ...arrival }) => ({ ...arrival, cache: 'hit' as const })),
  },
  'expiries crossed under load': only(() => false),
  'every operation settled': {
    ...good,
    events: good.events.filter((event) => event.event !== 'commit').filter(notCommitting),
  },
  'every answer explained': only(() => false),
};

function notCommitting({ event }: { readonly event: string }): boolean {
  return event !== 'committing';
}

/** The run with these arrivals only. */
function only(which: (arrival: Arrival) => boolean): Recording {
  return { ...good, arrivals: good.arrivals.filter(which) };
}

for (const [name, recording] of Object.entries(SHOWN_NOTHING))
  it(`${name}: it is unknown of a run that shows it nothing`, () => {
    const verdictOn = (run: Recording) =>
      findingsOf(evidenceFrom(run)).find((check) => check.name === name)?.verdict;
    assert.equal(verdictOn(name === 'requests forwarded' ? proxied : good), 'pass');
    assert.equal(verdictOn(recording), 'unknown');
  });
