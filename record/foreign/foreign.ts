import type { Served } from '../../strategies/contract/index.ts';
import type { Settings } from '../settings.ts';

/** The word for a user's own service wherever a strategy's name is shown. */
export const YOURS = 'yours';

/** The word for the cluster of `make up` in TARGET. */
export const UP = 'up';

/** Tells whether a run is of the user's own service. */
export const isForeign = ({ app, image, target }: Pick<Settings, 'app' | 'image' | 'target'>): boolean =>
  app !== null || image !== null || (target !== null && target !== UP);

/** Gives the name of what a run judges: a strategy, or {@link YOURS}. */
export const strategyOf = (settings: Pick<Settings, 'app' | 'image' | 'target' | 'strategy'>): string =>
  isForeign(settings) ? YOURS : settings.strategy;

const servedWords: readonly unknown[] = ['hit', 'early', 'stale', 'waited', 'recomputed'] satisfies Served[];

/** Tells whether a service says in one of the strategies' words how it served. */
export const isServed = (said: unknown): said is Served => servedWords.includes(said);
