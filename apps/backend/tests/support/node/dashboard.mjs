// What the dashboard and the alerts ask Prometheus.
// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './places.mjs';

const folder = join(repository, 'infra/monitoring');

/** Every expression of the dashboard, with Grafana's own variable filled in. @returns {string[]} */
export function dashboardExpressions() {
  const { panels } = JSON.parse(readFileSync(join(folder, 'grafana/dashboards/aspectavy.json'), 'utf8'));
  return panels
    .flatMap((/** @type {any} */ panel) => panel.targets ?? [])
    .map((/** @type {any} */ target) => target.expr.replaceAll('$__rate_interval', '1m'));
}

/** Names of metrics in PromQL texts: what is no function, keyword, label or string. @param {string[]} expressions */
export function metricNames(expressions) {
  const names = expressions.flatMap((expression) => {
    const bare = expression.replace(/"[^"]*"/g, '""').replace(/\{[^}]*\}/g, '');
    return bare.match(/\b(?:aspectavy|process|node|probe)_[a-z_]+/g) ?? [];
  });
  return [...new Set(names)].sort();
}

/** Names of metrics in rules.yml and the dashboard. */
export function watchedMetrics() {
  return metricNames([readFileSync(join(folder, 'rules.yml'), 'utf8').replace(/^ *(summary|runbook):.*$/gm, ''), ...dashboardExpressions()]);
}
