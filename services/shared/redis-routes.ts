import { z } from 'zod';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65_535;
const ROUTE = /^([\w-]+)=([\w.-]+):(\d{1,5})$/;

/** Reads `REDIS_ROUTES`: which members reach Redis through a relay, and where. `app-1=relay:7001,app-2=relay:7002` */
export const redisRoutes = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter(Boolean))
  .refine((routes) => routes.every((route) => ROUTE.test(route)), {
    error: 'must be NAME=HOST:PORT,…: the addresses at which members reach Redis',
    abort: true,
  })
  .transform((routes) => routes.map(routeFrom))
  .refine((routes) => routes.every(([, { port }]) => port >= 1 && port <= MAX_PORT), {
    error: `must be NAME=HOST:PORT,… with ports from 1 to ${MAX_PORT}`,
    abort: true,
  })
  .refine((routes) => new Set(routes.map(([name]) => name)).size === routes.length, {
    error: 'must be NAME=HOST:PORT,… with each name once',
  })
  .transform((routes): ReadonlyMap<string, HostAndPort> => new Map(routes));

function routeFrom(text: string): readonly [name: string, at: HostAndPort] {
  const [, name = '', host = '', port = ''] = ROUTE.exec(text) ?? [];
  return [name, { host, port: Number(port) }];
}
