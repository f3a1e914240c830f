/** One server, or the Sentinels that know which server is the primary. */
export type RedisAddress =
  | { readonly url: string }
  | {
      readonly sentinels: readonly Address[];
      readonly name: string;
      /** The addresses of servers that you do not reach at the `host:port` that the Sentinels announce. */
      readonly natMap: Readonly<Record<string, Address>>;
    };

export interface Address {
  readonly host: string;
  readonly port: number;
}
