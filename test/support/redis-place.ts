import { type Engine, findEngine } from '../../cluster/compose/engine.ts';

export interface Place {
  readonly place: 'container' | 'local';
  readonly why: string;
}

/**
 * Where the tests' Redis runs: in a container where an engine answers, else on this machine. TEST_REDIS overrides; with
 * LAB_REQUIRE_DOCKER=1, as in `.ci/run`, a container it is, and nothing else will do.
 */
export async function placeOfRedis(
  { TEST_REDIS: typed = '', LAB_REQUIRE_DOCKER: required }: NodeJS.ProcessEnv,
  askEngine: () => Promise<Engine> = findEngine,
): Promise<Place> {
  if (!['', 'container', 'local'].includes(typed))
    throw new Error(`TEST_REDIS=${typed}: container or local is allowed. Type: TEST_REDIS=local make test`);
  if (required === '1') {
    if (typed === 'local')
      throw new Error('TEST_REDIS=local and LAB_REQUIRE_DOCKER=1: one of them is allowed. Leave one out');
    return { place: 'container', why: 'LAB_REQUIRE_DOCKER=1' };
  }
  if (typed !== '') return { place: typed as Place['place'], why: `TEST_REDIS=${typed}` };
  const engine = await askEngine();
  return 'missing' in engine
    ? { place: 'local', why: engine.missing }
    : { place: 'container', why: `Docker ${engine.version} answers` };
}
