import type { Outcome, Part } from './part.ts';
import type { Stage } from './stage.ts';

/** What came of a part. One that was not tried names the part that it needs. */
export type Checked =
  | { readonly part: Part; readonly outcome: Outcome }
  | { readonly part: Part; readonly lacks: Part };

/** Tries each part in turn, and gives what came of it as soon as it is known. */
export async function* checkParts(parts: readonly Part[], stage: Stage): AsyncGenerator<Checked> {
  const met = new Set<Part>();
  for (const part of parts) {
    stage.signal.throwIfAborted();
    const lacks = part.needs.find((needed) => !met.has(needed));
    if (lacks) {
      yield { part, lacks };
      continue;
    }
    const outcome = await part.check(stage);
    if (outcome.verdict !== 'not met') met.add(part);
    yield { part, outcome };
  }
}
