import type { Settings } from '../record/settings.ts';
import { UsageError } from '../services/shared/usage-error.ts';
import type { Runtime } from './cluster.ts';
import type { Engine } from './compose/engine.ts';

export interface RuntimeChoice {
  readonly runtime: Runtime;
  readonly why: string;
  /** The engine's, for containers. */
  readonly socketPath?: string;
}

/**
 * Containers where a Docker engine answers, else processes; `RUNTIME` overrides. Throws {@link UsageError} where it asks
 * for containers and there is no engine.
 */
export async function chooseRuntime(
  { runtime: asked, app = null, target = null, image = null }: Pick<Settings, 'runtime'> & Partial<Settings>,
  find: () => Promise<Engine>,
): Promise<RuntimeChoice> {
  if (app !== null) return { runtime: 'local', why: 'APP starts processes' };
  if (target !== null) return { runtime: 'local', why: 'TARGET runs already' };
  if (image === null && asked === 'local') return { runtime: 'local', why: 'RUNTIME=local' };
  const engine = await find();
  if ('version' in engine)
    return {
      runtime: 'compose',
      socketPath: engine.socketPath,
      why: asked !== 'compose' ? `Docker ${engine.version} answers` : 'RUNTIME=compose',
    };
  if (image === null && asked === 'auto') return { runtime: 'local', why: engine.missing };
  if (image !== null)
    throw new UsageError(
      `IMAGE=${image} needs a Docker engine with Compose, and ${engine.missing}. Allowed without one: APP. Type: make herd APP='the command of your service'`,
    );
  throw new UsageError(
    `RUNTIME=compose needs a Docker engine with Compose, and ${engine.missing}. Allowed without one: local. Type: make herd RUNTIME=local`,
  );
}
