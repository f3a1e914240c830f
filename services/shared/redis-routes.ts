import { z } from 'zod';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const ROUTE = /^([\w-]+)=([\w.-]+):(\d{1,5})$/;

/** Reads `REDIS_ROUTES`: which members reach Redis through a relay, and where. `app-1=relay:7001,app-2=relay:7002` */
export const redisRoutes = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter(Boolean))
  .refine((routes) => routes.every((route) => ROUTE.test(route)), {
    error: 'must be NAME=HOST:PORT,…: the addresses at which members reach Redis',
  })
  .transform((routes): ReadonlyMap<string, HostAndPort> => new Map(routes.map(routeFrom)));

function routeFrom(text: string): readonly [name: string, at: HostAndPort] {
  const [, name = '', host = '', port = ''] = ROUTE.exec(text) ?? [];
  return [name, { host, port: Number(port) }];
}
