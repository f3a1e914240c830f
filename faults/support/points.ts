import { DEFAULT_POINT, type Point, points } from '../../record/fault-events.ts';
import type { Settings } from '../../record/settings.ts';
import type { Expectation } from './expectation.ts';

/** Lists the points at which a fault can strike; none if there is no choice. */
export const pointsOf = ({ points: answers = {} }: Expectation): Point[] =>
  points.filter((point) => answers[point] !== undefined);

/** Gives the point at which the run's fault strikes. */
export const pointOf = ({ at }: Pick<Settings, 'at'>): Point => at ?? DEFAULT_POINT;
