/** One server, or the Sentinels that know which one it is at the moment. */
export type RedisAddress =
  | { readonly url: string }
  | {
      readonly sentinels: readonly Address[];
      readonly name: string;
      /** Where a server is reached that the Sentinels announce as `host:port`, when not there. */
      readonly natMap: Readonly<Record<string, Address>>;
    };

export interface Address {
  readonly host: string;
  readonly port: number;
}
