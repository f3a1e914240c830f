import type { RunList, RunView } from '../view/messages.ts';
import { FollowedRun } from './followed-run.ts';
import type { RunFolders } from './run-list.ts';

/** So many finished runs stay in memory. */
const MOST_KEPT = 4;

interface Kept {
  readonly followed: FollowedRun;
  readonly isLive: boolean;
  view?: RunView;
}

/** Makes what pages show of runs. Each view is made once, however many pages look at it. */
export class RunViews {
  readonly #folders: RunFolders;
  readonly #about: ReadonlyMap<string, readonly string[]>;
  readonly #kept = new Map<string, Kept>();

  constructor(folders: RunFolders, about: ReadonlyMap<string, readonly string[]>) {
    this.#folders = folders;
    this.#about = about;
  }

  list(nowMs: number): RunList {
    return this.#folders.list(nowMs);
  }

  /** Gives a run as it is now; the same object as before if nothing has changed. Undefined: there is no such run. */
  view(run: string, nowMs: number): RunView | undefined {
    const folder = this.#folders.pathOf(run);
    const found = folder && this.#folders.read(run, nowMs);
    if (!folder || !found) return undefined;
    const { start, listed, result } = found;
    const isLive = listed.state === 'live';
    let kept = this.#kept.get(run);
    // A run that is over is shown from its beginning on.
    if (kept?.isLive !== isLive) kept = { followed: new FollowedRun(folder, start, { isLive }), isLive };
    // The last one that was looked at is the last to be forgotten.
    this.#kept.delete(run);
    this.#kept.set(run, kept);
    for (const name of [...this.#kept.keys()].slice(0, -MOST_KEPT)) this.#kept.delete(name);
    const hasNews = kept.followed.read();
    if (kept.view && !hasNews && kept.view.state === listed.state) return kept.view;
    const timeline = kept.followed.timeline();
    const { ttlMs, recomputeMs, leaseMs, ratePerSecond, originCapacity, expiries } = start.settings;
    kept.view = {
      ...listed,
      setting: { ttlMs, recomputeMs, leaseMs, ratePerSecond, originCapacity, expiries },
      about: this.#about.get(listed.strategy) ?? [],
      expiries: timeline?.expiries.listed.filter(({ isJudged }) => isJudged).length ?? 0,
      isCut: kept.followed.isCut,
      ...(timeline && { timeline }),
      ...(result && { checks: result.checks, figures: result.figures }),
    };
    return kept.view;
  }
}
