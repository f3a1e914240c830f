/** A replica: its name, and its base URL. */
export interface Target {
  readonly name: string;
  readonly url: string;
}

/** Where to connect for a target. */
export function addressOf({ url }: Target): { readonly hostname: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { hostname, port: Number(port) || 80 };
}
