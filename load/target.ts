/** A replica: its name, and its base URL. */
export interface Target {
  readonly name: string;
  readonly url: string;
}
