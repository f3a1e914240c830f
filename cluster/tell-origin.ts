import type { Behaviour } from '../services/origin/behaviour.ts';
import { MemberFailed } from '../services/shared/lab-errors.ts';

/** Changes how the origin behaves, from now on. Throws with the origin's own words when it refuses. */
export async function tellOrigin(
  { url }: { readonly url: string },
  behaviour: Partial<Behaviour>,
): Promise<void> {
  const answer = await fetch(`${url}/behaviour`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(behaviour),
  });
  if (!answer.ok)
    throw new MemberFailed(`the origin refused ${JSON.stringify(behaviour)}: ${await answer.text()}`);
}

/** Makes a replica that was not there from the start known to the origin, which then lets it ask. Throws when it refuses. */
export async function announce({ url }: { readonly url: string }, name: string): Promise<void> {
  const answer = await fetch(`${url}/askers/${name}`, { method: 'PUT' });
  if (!answer.ok) throw new MemberFailed(`the origin refused ${name}: ${await answer.text()}`);
}
