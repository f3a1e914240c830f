/** One series of an answer: its labels, and pairs of time (seconds since the epoch) and value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** Seconds since the epoch. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

/** What a Prometheus can be asked. */
export interface Answers {
  readonly url: string;
  /** The expression over the range, at every second or in wider steps. */
  over(expr: string, range: TimeRange, stepSeconds?: number): Promise<Series[]>;
  /** The expression at one moment. */
  at(expr: string, seconds: number): Promise<Series[]>;
}

/** Asks the Prometheus at this address. `signal` ends a question. */
export function prometheusAt(url: string, signal?: AbortSignal): Answers {
  async function ask(path: string, parameters: Record<string, string | number>): Promise<Series[]> {
    const body = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [name, `${value}`]),
    );
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body, ...(signal && { signal }) });
    const { data, error } = (await answer.json()) as { data?: { result: Raw[] }; error?: string };
    if (!data) throw new Error(`Prometheus refused ${parameters.query}: ${error}`);
    return data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
      metric,
      points: values.map(([seconds, text]) => [seconds, Number(text.replace('Inf', 'Infinity'))] as const),
    }));
  }

  return {
    url,
    over: (query, { start, end }, step = 1) => ask('query_range', { query, start, end, step }),
    at: (query, time) => ask('query', { query, time }),
  };
}

interface Raw {
  readonly metric: Record<string, string>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}
