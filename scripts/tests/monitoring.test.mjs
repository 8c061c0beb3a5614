// The alerts, the dashboard and the Compose overlay of infra/monitoring, by Prometheus's own tools and against our pages.
// That the metrics exist is shown by apps/backend/tests/integration/monitoring.test.mjs on the running binary.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { dashboardExpressions } from '../../apps/backend/tests/support/node/dashboard.mjs';
import { repository, run, sampleFolder } from './sample.mjs';

const folder = join(repository, 'infra/monitoring');
const read = (/** @type {string} */ name) => readFileSync(join(folder, name), 'utf8');
const ruleTests = readdirSync(folder).filter((name) => /^rules.*\.test\.yml$/.test(name));
/** @type {{ alert: string, expr: string, labels: Record<string, string>, annotations: Record<string, string> }[]} */
const alerts = parse(read('rules.yml')).groups.flatMap((/** @type {any} */ group) => group.rules);
const names = alerts.map(({ alert }) => alert);

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  const { status, output } = run(command, args, { cwd: folder });
  assert.equal(status, 0, output);
}

test('Prometheus, Alertmanager and the blackbox exporter accept their files', () => {
  succeeds('promtool', ['check', 'config', 'prometheus.yml']);
  succeeds('amtool', ['check-config', 'alertmanager.yml']);
  succeeds('prometheus-blackbox-exporter', ['--config.file=blackbox.yml', '--config.check']);
});

test('the unit tests of the alerts pass', () => {
  assert.ok(ruleTests.length >= 2);
  succeeds('promtool', ['test', 'rules', ...ruleTests]);
});

test('the unit tests of the alerts notice a changed threshold', (t) => {
  const changed = read('rules.yml').replace('heartbeat_age_seconds > 30', 'heartbeat_age_seconds > 3000');
  assert.notEqual(changed, read('rules.yml'));
  const sample = sampleFolder(t, { 'rules.yml': changed, 'rules.test.yml': read('rules.test.yml') });
  const { status, output } = run('promtool', ['test', 'rules', join(sample, 'rules.test.yml')]);
  assert.equal(status, 1, output);
  assert.match(output, /WorkerStale/);
});

test('every alert has a case in which it fires and one in which it is silent', () => {
  const cases = ruleTests.flatMap((file) => parse(read(file)).tests).flatMap((one) => one.alert_rule_test);
  const missing = names.flatMap((name) => {
    const own = cases.filter(({ alertname }) => alertname === name);
    return [
      ...(own.some(({ exp_alerts: expected }) => expected.length > 0) ? [] : [`${name} never fires`]),
      ...(own.some(({ exp_alerts: expected }) => expected.length === 0) ? [] : [`${name} is never silent`]),
    ];
  });
  assert.deepEqual(missing, []);
});

/** The anchors of a page's headings, as forges make them. @param {string} page */
function anchorsOf(page) {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '').toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'),
  );
}

test('every alert leads to a chapter of the runbook and is in the table of the alerts', () => {
  for (const { alert, annotations } of alerts) {
    const [page, anchor] = (annotations.runbook ?? '').split('#');
    assert.ok(page && anchorsOf(page).includes(anchor ?? ''), `${alert}: there is no ${annotations.runbook}`);
    assert.ok(annotations.summary, alert);
  }
  const table = readFileSync(join(repository, 'docs/operate/monitoring.md'), 'utf8');
  const rows = [...table.matchAll(/^\| `(\w+)` \| .+ \| (\w+) \|$/gm)].map(([, name, severity]) => [name, severity]);
  assert.deepEqual(rows, alerts.map(({ alert, labels }) => [alert, labels.severity]));
});

test('alerts that are inhibited, or inhibit, exist', () => {
  const { inhibit_rules: rules } = parse(read('alertmanager.yml'));
  const matchers = rules.flatMap((/** @type {any} */ rule) => [...rule.source_matchers, ...rule.target_matchers]);
  const named = matchers.flatMap((/** @type {string} */ matcher) => (/"(.*)"/.exec(matcher)?.[1] ?? '').split('|'));
  assert.ok(named.length > 3);
  assert.deepEqual(named.filter((/** @type {string} */ name) => !names.includes(name)), []);
});

test('every expression of the dashboard is PromQL, and every panel has a place of its own', (t) => {
  const { panels } = JSON.parse(read('grafana/dashboards/aspectavy.json'));
  const taken = new Set();
  for (const { gridPos: { x, y, w, h }, title } of panels) {
    assert.ok(x + w <= 24, title);
    for (let column = x; column < x + w; column += 1) {
      for (let line = y; line < y + h; line += 1) {
        assert.ok(!taken.has(`${column} ${line}`), `${title} overlaps another panel`);
        taken.add(`${column} ${line}`);
      }
    }
  }
  const rules = dashboardExpressions().map((expr, i) => ({ record: `panel:${i}`, expr }));
  assert.ok(rules.length > 20);
  const sample = sampleFolder(t, { 'rules.yml': JSON.stringify({ groups: [{ name: 'dashboard', rules }] }) });
  succeeds('promtool', ['check', 'rules', join(sample, 'rules.yml')]);
});

test('the overlay starts nothing without its profile, listens on loopback only and mounts what is there', () => {
  const { services } = parse(readFileSync(join(repository, 'docker-compose.monitoring.yml'), 'utf8'), { merge: true });
  assert.ok(Object.keys(services).includes('prometheus'));
  for (const [name, service] of Object.entries(services)) {
    assert.deepEqual(service.profiles, ['monitoring'], name);
    assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']], name);
    assert.match(service.image, /:v?\d+\.\d+\.\d+\}$/, `${name} has no exact version`);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, name);
    for (const volume of service.volumes ?? []) {
      const [source] = volume.replace(/^\$\{\w+:-(.*?)\}/, '$1').split(':');
      if (source.startsWith('./')) assert.ok(existsSync(join(repository, source)), `${name} mounts ${source}`);
    }
  }
  const { scrape_configs: jobs } = parse(read('prometheus.yml'));
  const targets = JSON.stringify(jobs).matchAll(/"([a-z-]+-exporter):\d+"/g);
  for (const [, host] of targets) assert.ok(services[host ?? ''], `no service ${host}`);
});
