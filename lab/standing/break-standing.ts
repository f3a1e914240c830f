import { controlsOf, type Standing } from '../../cluster/standing/standing.ts';
import { handleOf } from '../../cluster/standing/standing-handle.ts';
import { faultsNamed } from '../../faults/index.ts';
import type { Scene } from '../../faults/support/strike.ts';
import type { FaultEvent, Point } from '../../record/fault-events.ts';
import type { Settings } from '../../record/settings.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { loadFault } from '../run/load-fault.ts';
import { Marks } from '../run/marks.ts';
import { runFaults } from '../run/run-fault.ts';
import { News } from './news.ts';
import { untilRecompute } from './until-recompute.ts';

export interface Breaking {
  readonly standing: Standing;
  /** One fault, or two joined by a plus sign. */
  readonly fault: string;
  readonly at: Point | null;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/** Whether each of the faults was injected, and healed. */
export interface Broken {
  readonly wasInjected: boolean;
  readonly isHealed: boolean;
}

/**
 * Injects a fault into a standing cluster and heals it, also when the signal aborts. Tells what came of it. Judges nothing. Throws `NotInTime` if nobody asks for the key.
 */
export async function breakStanding({ standing, fault, at, signal, onPhase }: Breaking): Promise<Broken> {
  const faults = await Promise.all((faultsNamed(fault) ?? []).map(({ name }) => loadFault(name)));
  const settings: Settings = { ...standing.settings, fault, at };
  const cluster = await handleOf(standing, controlsOf(standing), signal);
  const news = new News(cluster.files);
  onPhase(`waiting for a recompute of ${settings.key}`);
  await untilRecompute(news, settings, { signal });
  try {
    await runFaults(faults, {
      ...{ cluster, settings, signal, onPhase, journals: news, stays: true },
      // The clients are somebody else's: they find out by themselves who is there.
      route: async () => {},
      hangUp: noHerd,
      marks: new Marks(cluster.origin),
      journal: { append() {} },
    });
  } finally {
    await cluster.down();
  }
  const isEach = (wanted: FaultEvent['phase']) =>
    news.faults.filter(({ phase }) => phase === wanted).length === faults.length;
  return { wasInjected: isEach('injected'), isHealed: isEach('healed') };
}

const noHerd: Scene['hangUp'] = () =>
  Promise.reject(new MemberFailed('a standing cluster has no herd of the lab'));
