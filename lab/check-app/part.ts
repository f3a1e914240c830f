import type { Stage } from './stage.ts';

/** What came of a part: `advice` says what to do. What is optional is no failure. */
export type Outcome =
  | { readonly verdict: 'ok'; readonly detail: string }
  | { readonly verdict: 'not met' | 'optional'; readonly detail: string; readonly advice: string };

/** One part of the contract that a service keeps. It is tried in turn, and not tried if one that it needs is not met. */
export interface Part {
  /** What the service does: "listens on PORT". */
  readonly name: string;
  readonly needs: readonly Part[];
  check(stage: Stage): Promise<Outcome>;
}

export const ok = (detail: string): Outcome => ({ verdict: 'ok', detail });
export const notMet = (detail: string, advice: string): Outcome => ({ verdict: 'not met', detail, advice });
export const optional = (detail: string, advice: string): Outcome => ({
  verdict: 'optional',
  detail,
  advice,
});
