/** What a fault makes of a member, until it is healed. `struck`: it runs, as a slow origin does. */
export type Health = 'up' | 'dead' | 'frozen' | 'cut off' | 'struck';

/** A fault and whom it strikes. */
export interface Strike {
  readonly fault: string;
  /** One member or several, with spaces between them. */
  readonly victim: string;
  /** The network is cut around the victim and these. */
  readonly near?: readonly string[];
}

/** Says what the faults that last make of a member. */
export function healthOf(name: string, strikes: readonly Strike[]): Health {
  const strike = strikes.find((one) => struckBy(one).includes(name));
  return strike ? healthUnder(strike.fault) : 'up';
}

/** Names whom a fault strikes. */
export const struckBy = ({ victim, near }: Strike): readonly string[] =>
  near ?? victim.split(' ').filter((name) => name !== '');

/** What a fault makes of its victim, by its name. */
const BY_NAME: readonly (readonly [pattern: RegExp, health: Health])[] = [
  [/^kill|-down$|restart/, 'dead'],
  [/^pause|-stall$|-hangs$/, 'frozen'],
  [/^partition/, 'cut off'],
];

export const healthUnder = (fault: string): Health =>
  BY_NAME.find(([pattern]) => pattern.test(fault))?.[1] ?? 'struck';
