import { faultsNamed } from '../../faults/index.ts';
import type { Recording } from '../../judge/evidence.ts';
import type { RunEvent } from '../../record/facts.ts';
import type { FaultEvent } from '../../record/fault-events.ts';
import type { Begun } from '../../record/ledger.ts';
import { recordedRun } from './recorded-run.ts';

const good = await recordedRun('lock-run');

/** The healthy run with one more recompute. */
export function withRecompute(at: number, more: Partial<Begun>, events: readonly RunEvent[] = []): Recording {
  const begin = {
    event: 'begin',
    key: 'hot',
    by: 'app-2',
    id: 900,
    version: 900,
    arrivedAt: at,
    at,
  } as const;
  return { ...good, ledger: [...good.ledger, { ...begin, ...more }], events: [...good.events, ...events] };
}

/** The recording, told as if a fault had struck at this moment, and was healed 50 ms later. */
export function under(
  fault: string,
  injectedAt: number,
  recording: Recording,
  { victim = 'redis', forMs = 50 } = {},
): Recording {
  const phase = (phase: FaultEvent['phase'], at: number): FaultEvent => ({
    ...{ at, by: 'lab', event: 'fault', fault, phase, victim },
  });
  const events = [
    phase('planned', injectedAt - 1),
    phase('injected', injectedAt),
    phase('healed', injectedAt + forMs),
  ];
  return { ...recording, faults: faultsNamed(fault) ?? [], events: [...recording.events, ...events] };
}
