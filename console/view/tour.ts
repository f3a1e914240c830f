import type { RunView } from './messages.ts';

/** Where a step of the tour is. `seen`: the event that it explains has happened. */
export type Stage = 'starting' | 'filling' | 'waiting' | 'seen' | 'over';

/** What the page says while a step runs, and when its event happens. */
export interface Said {
  readonly stage: Stage;
  readonly text: string;
}

/** Says where a step is by its run. Undefined: the run has not begun. */
export function stageOf(view: RunView | undefined): Said {
  const timeline = view?.timeline;
  if (view && view.state !== 'live') return { stage: 'over', text: '' };
  if (!view || !timeline) return { stage: 'starting', text: 'The cluster starts. That takes some seconds.' };
  const { faults, expiries, commits, beganWallMs } = timeline;
  const at = (wallMs: number) => `${((wallMs - beganWallMs) / 1000).toFixed(1)} s`;
  const refused = commits.listed.find(({ accepted }) => !accepted);
  if (view.fault !== null) {
    const [fault] = faults;
    if (refused)
      return {
        stage: 'seen',
        text: `At ${at(refused.atWallMs)} ${refused.by} woke and wrote its older value. Redis refused it: the red cross.`,
      };
    if (fault?.injectedWallMs !== undefined)
      return {
        stage: 'seen',
        text: `At ${at(fault.injectedWallMs)} the lab struck ${fault.victim}, which held the lease. Watch who takes over when the lease ends.`,
      };
    return { stage: 'waiting', text: 'The load runs. The lab waits for a replica that holds the lease.' };
  }
  const replaced = expiries.listed.filter(
    ({ replaces, filledWallMs }) => replaces > 0 && filledWallMs !== undefined,
  );
  const last = replaced.at(-1);
  if (!last)
    return {
      stage: 'waiting',
      text: `The load runs. The value lives for ${view.setting.ttlMs / 1000} s: wait for it to run out.`,
    };
  const times = last.recomputes === 1 ? 'once' : `${last.recomputes} times`;
  return {
    stage: 'seen',
    text: `At ${at(last.beganWallMs)} the value was replaced. It was recomputed ${times}: the orange ${last.recomputes > 10 ? 'peak' : 'bar'}.`,
  };
}
