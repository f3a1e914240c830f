/** The metrics that an expression names, and the labels that it selects and groups by. */
export function namesIn(expr: string): { metrics: string[]; labels: string[] } {
  const labels: string[] = [];
  const withoutLabels = expr
    .replace(/\{([^}]*)\}/g, (_, matchers: string) => {
      labels.push(...[...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label));
      return '';
    })
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g, (_, list: string) => {
      labels.push(
        ...list
          .split(',')
          .map((label) => label.trim())
          .filter(Boolean),
      );
      return '';
    })
    .replace(/\[[^\]]*\]/g, '')
    // Grafana's variables, and durations.
    .replace(/\$\w+|\b\d+[a-z]+\b/g, '');
  const words = [...withoutLabels.matchAll(/[a-zA-Z_:][\w:]*(?!\w|:|\s*\()/g)].map(([word]) => word);
  const metrics = words.filter((word) => !KEYWORDS.has(word.toLowerCase()));
  return { metrics: [...new Set(metrics)], labels: [...new Set(labels)] };
}

const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'inf', 'nan', 'offset']);
