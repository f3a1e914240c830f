import type { ProcessIdentity } from '../process-identity.ts';

/** Gives a file name that says which process it belongs to: `4711@1234567@<boot>`. No part contains the separator. */
export const nameOf = ({ pid, startedAt = '', boot = '' }: ProcessIdentity): string =>
  [pid, startedAt, boot].map(encodeURIComponent).join('@');

/** Gives the owner that {@link nameOf} wrote into a name; undefined if it is a name of somebody else's. */
export function ownerIn(name: string): ProcessIdentity | undefined {
  const [pid, startedAt, boot] = partsOf(name);
  if (boot === undefined) return undefined;
  return { pid: Number(pid), ...(startedAt && { startedAt }), ...(boot && { boot }) };
}

function partsOf(name: string): string[] {
  try {
    return name.split('@').map(decodeURIComponent);
  } catch {
    return [];
  }
}
