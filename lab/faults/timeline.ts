/** What the lab did, in the run's events. */
export interface FaultEvent {
  readonly at: number;
  readonly by: 'lab';
  readonly event: 'fault';
  readonly fault: string;
  readonly phase: 'planned' | 'injected' | 'healed';
  readonly victim: string;
  /** The grant that the victim held. */
  readonly fence?: number;
}

/** When a fault came and went. Wall time in ms. */
export interface Timeline {
  readonly victim: string;
  readonly fence: number | undefined;
  readonly injectedAt: number;
  readonly healedAt: number;
}

/** Undefined when the fault never came so far as to be injected. */
export function timelineFrom(events: readonly { readonly event: string }[]): Timeline | undefined {
  const faults = events.filter((event): event is FaultEvent => event.event === 'fault');
  const injected = faults.find(({ phase }) => phase === 'injected');
  const healed = faults.find(({ phase }) => phase === 'healed');
  if (!injected || !healed) return undefined;
  return { victim: injected.victim, fence: injected.fence, injectedAt: injected.at, healedAt: healed.at };
}
