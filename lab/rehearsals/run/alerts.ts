/** One alert, as Prometheus sees it now. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** Asks a Prometheus for its alerts, pending and firing. */
export async function alertsOf(prometheus: { readonly url: string }): Promise<readonly Alert[]> {
  const answer = await fetch(`${prometheus.url}/api/v1/alerts`);
  const { data } = (await answer.json()) as { readonly data: { readonly alerts: readonly Alert[] } };
  return data.alerts;
}

export const nameOf = ({ labels }: Alert): string => labels.alertname ?? '';

/** Writes how many alerts of each name fire: `DegradedMode 4, OriginSaturated`. */
export function countsOf(alerts: readonly Alert[]): string {
  const counts = new Map<string, number>();
  for (const alert of alerts)
    if (alert.state === 'firing') counts.set(nameOf(alert), (counts.get(nameOf(alert)) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ${count}` : name)).join(', ') || 'none';
}
