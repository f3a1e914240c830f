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
