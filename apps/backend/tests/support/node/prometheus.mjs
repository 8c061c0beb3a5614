// Debian's Prometheus and exporters on loopback, with the files of infra/monitoring.
// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freePort, repository, tempDir } from './places.mjs';
import { startProcess } from './process.mjs';
import { waitFor } from './wait.mjs';

const folder = join(repository, 'infra/monitoring');

/** @typedef {{ metric: Record<string, string>, value: [number, string] }} Sample */

class Prometheus {
  #url;
  #process;

  /** Use startPrometheus(). @param {string} url @param {import('./process.mjs').TestProcess} process */
  constructor(url, process) {
    this.#url = url;
    this.#process = process;
  }

  /** @param {string} path */
  async #get(path) {
    const answer = await fetch(this.#url + path, { signal: AbortSignal.timeout(5000) });
    const { status, data, error } = /** @type {any} */ (await answer.json());
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  }

  /** The samples of an instant query. @param {string} expression @returns {Promise<Sample[]>} */
  async query(expression) {
    return (await this.#get(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result;
  }

  /** Names of the alerts that fire. @returns {Promise<string[]>} */
  async firing() {
    return (await this.pendingOrFiring()).filter(({ state }) => state === 'firing').map(({ name }) => name);
  }

  /** Alerts whose condition holds, even when not yet for long enough. @returns {Promise<{ name: string, state: string }[]>} */
  async pendingOrFiring() {
    const { alerts } = await this.#get('/api/v1/alerts');
    return alerts.map((/** @type {any} */ alert) => ({ name: alert.labels.alertname, state: alert.state }));
  }

  /** Names of the rules that could not be evaluated, and why. */
  async brokenRules() {
    const { groups } = await this.#get('/api/v1/rules');
    return groups
      .flatMap((/** @type {any} */ group) => group.rules)
      .filter((/** @type {any} */ rule) => rule.health !== 'ok')
      .map((/** @type {any} */ rule) => `${rule.name}: ${rule.health} ${rule.lastError ?? ''}`);
  }

  async waitUntilReady() {
    await waitFor('Prometheus to be ready', async () => {
      if (!this.#process.isRunning) throw new Error(`Prometheus has ended:\n${this.#process.output}`);
      return (await fetch(`${this.#url}/-/ready`)).ok;
    });
  }
}

/**
 * Prometheus with our prometheus.yml and rules.yml. Only the targets are replaced by these, and the intervals are a second;
 * the times of the rules are the real ones.
 * @param {import('./places.mjs').Cleanup} test
 * @param {{ api: string, node: string, blackbox: string, probed: string }} targets host:port each; probed: a URL
 */
export async function startPrometheus(test, targets) {
  const home = tempDir(test);
  const config = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8'));
  config.global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  delete config.alerting;
  /** @type {Record<string, string[]>} */
  const ofJob = { 'aspectavy-api': [targets.api], node: [targets.node], edge: [targets.probed] };
  for (const job of config.scrape_configs) {
    delete job.dns_sd_configs;
    delete job.file_sd_configs;
    job.static_configs = [{ targets: ofJob[job.job_name] }];
    for (const rule of job.relabel_configs ?? []) {
      if (rule.target_label === '__address__') rule.replacement = targets.blackbox;
    }
  }
  // JSON is YAML.
  writeFileSync(join(home, 'prometheus.yml'), JSON.stringify(config));
  writeFileSync(join(home, 'rules.yml'), readFileSync(join(folder, 'rules.yml')));
  mkdirSync(join(home, 'data'));
  const port = await freePort();
  const process = startProcess(test, 'prometheus', [
    'prometheus', `--config.file=${join(home, 'prometheus.yml')}`, `--storage.tsdb.path=${join(home, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn',
  ]);
  const prometheus = new Prometheus(`http://127.0.0.1:${port}`, process);
  await prometheus.waitUntilReady();
  return prometheus;
}

/** The node exporter; where it listens. @param {import('./places.mjs').Cleanup} test */
export async function startNodeExporter(test) {
  const address = `127.0.0.1:${await freePort()}`;
  startProcess(test, 'node exporter', [
    'prometheus-node-exporter', `--web.listen-address=${address}`, '--collector.disable-defaults', '--collector.filesystem',
  ]);
  return address;
}

/** The blackbox exporter with our blackbox.yml, trusting one certificate more; where it listens.
 * @param {import('./places.mjs').Cleanup} test @param {string} certificate file of a certificate authority */
export async function startBlackboxExporter(test, certificate) {
  const config = parse(readFileSync(join(folder, 'blackbox.yml'), 'utf8'));
  config.modules.https_health.http.tls_config = { ca_file: certificate };
  const file = join(tempDir(test), 'blackbox.yml');
  writeFileSync(file, JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  startProcess(test, 'blackbox exporter', [
    'prometheus-blackbox-exporter', `--web.listen-address=${address}`, `--config.file=${file}`,
  ]);
  return address;
}
