// The Kubernetes manifests: rendered by kustomize, held against the Kubernetes API's schema, and against each other.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { schemaFaults } from './kubernetes_schema.mjs';
import { repository, run } from './sample.mjs';

/** @typedef {import('./kubernetes_schema.mjs').Manifest} Manifest */

/** @param {string} overlay @returns {Manifest[]} */
function render(overlay) {
  const { status, output } = run('kustomize', ['build', `infra/kubernetes/overlays/${overlay}`]);
  assert.equal(status, 0, output);
  return parseAllDocuments(output).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });
}

/** @template T @param {T} value @returns {T} */
const copy = (value) => structuredClone(value);

/** @param {Record<string, string>} wanted @param {Record<string, string>} labels */
const selects = (wanted, labels) => Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** Pod templates by the name of what makes them. @param {Manifest[]} manifests */
function podsOf(manifests) {
  return manifests
    .filter(({ kind }) => ['Deployment', 'Job'].includes(kind))
    .map(({ metadata, spec }) => ({ name: metadata.name, labels: spec.template.metadata.labels, pod: spec.template.spec }));
}

for (const overlay of ['staging', 'production']) {
  describe(`the overlay ${overlay}`, () => {
    /** @type {Manifest[]} */ let manifests;
    /** @type {(kind: string) => Manifest[]} */ let ofKind;
    before(() => {
      manifests = render(overlay);
      ofKind = (kind) => manifests.filter((one) => one.kind === kind);
    });

    test('is what the Kubernetes API accepts', () => {
      assert.ok(manifests.length > 12);
      assert.deepEqual(schemaFaults(manifests), []);
    });

    test('lives in its own namespace, whose pods must be restricted', () => {
      const [namespace] = ofKind('Namespace');
      assert.equal(namespace?.metadata.name, `aspectavy-${overlay}`);
      assert.equal(namespace.metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
      for (const { kind, metadata } of manifests) {
        if (kind !== 'Namespace') assert.equal(metadata.namespace, namespace.metadata.name, `${kind} ${metadata.name}`);
      }
    });

    test('hardens every container, gives each a limit, and runs one image', () => {
      const pods = podsOf(manifests);
      assert.deepEqual(pods.map(({ name }) => name).sort(), ['aspectavy-api', 'aspectavy-migrate', 'aspectavy-worker']);
      for (const { name, pod } of pods) {
        assert.equal(pod.automountServiceAccountToken, false, name);
        assert.deepEqual([pod.securityContext.runAsNonRoot, pod.securityContext.runAsUser], [true, 10001], name);
        assert.equal(pod.securityContext.seccompProfile.type, 'RuntimeDefault', name);
        for (const { securityContext, resources } of pod.containers) {
          const expected = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
          assert.deepEqual(securityContext, expected, name);
          assert.ok(resources.limits.memory && resources.requests.cpu, name);
        }
      }
      assert.equal(new Set(pods.flatMap(({ pod }) => pod.containers.map((/** @type {any} */ one) => one.image))).size, 1);
    });

    test('points only at what is there', () => {
      const names = new Set(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
      for (const { name, pod } of podsOf(manifests)) {
        const used = [
          `ServiceAccount ${pod.serviceAccountName}`,
          ...pod.containers.flatMap((/** @type {any} */ one) => one.envFrom.map((/** @type {any} */ from) => `ConfigMap ${from.configMapRef.name}`)),
          ...pod.volumes.flatMap((/** @type {any} */ volume) => [
            ...(volume.configMap ? [`ConfigMap ${volume.configMap.name}`] : []),
            ...(volume.persistentVolumeClaim ? [`PersistentVolumeClaim ${volume.persistentVolumeClaim.claimName}`] : []),
          ]),
        ];
        assert.deepEqual(used.filter((one) => !names.has(one)), [], name);
        const volumes = pod.volumes.map((/** @type {any} */ volume) => volume.name);
        const mounts = pod.containers.flatMap((/** @type {any} */ one) => one.volumeMounts.map((/** @type {any} */ mount) => mount.name));
        assert.deepEqual(mounts.sort(), volumes.sort(), name);
      }
      for (const { spec, metadata } of ofKind('HorizontalPodAutoscaler')) {
        assert.ok(names.has(`${spec.scaleTargetRef.kind} ${spec.scaleTargetRef.name}`), metadata.name);
      }
    });

    test('selects the pods that are meant, and no others', () => {
      const pods = podsOf(manifests);
      /** @param {Record<string, string>} labels */
      const selected = (labels) => pods.filter((one) => selects(labels, one.labels)).map(({ name }) => name);
      for (const { metadata, spec } of [...ofKind('Deployment'), ...ofKind('PodDisruptionBudget')]) {
        assert.deepEqual(selected(spec.selector.matchLabels), [metadata.name], metadata.name);
      }
      const [service] = ofKind('Service');
      assert.deepEqual(selected(service?.spec.selector), ['aspectavy-api']);
      const ports = pods.find(({ name }) => name === 'aspectavy-api')?.pod.containers[0].ports;
      assert.deepEqual(service?.spec.ports.map((/** @type {any} */ port) => port.targetPort), ['http']);
      assert.deepEqual(ports.map((/** @type {any} */ port) => port.name), ['http', 'metrics']);
    });

    test('denies all traffic but what is listed', () => {
      const policies = ofKind('NetworkPolicy');
      const everything = policies.find(({ metadata }) => metadata.name === 'aspectavy-default');
      assert.deepEqual(everything?.spec.policyTypes, ['Ingress', 'Egress']);
      assert.equal(everything.spec.ingress, undefined);
      assert.deepEqual(everything.spec.podSelector, {}, 'every pod of the namespace');
      const open = policies.flatMap(({ spec }) => spec.ingress ?? []).filter(({ from }) => !from);
      assert.deepEqual(open, [], 'nothing is open to everybody');
    });

    test('keeps probes of the database away from liveness', () => {
      for (const { name, pod } of podsOf(manifests)) {
        for (const { livenessProbe } of pod.containers) {
          if (livenessProbe) assert.equal(livenessProbe.httpGet.path, '/livez', name);
        }
      }
    });

    test('scales the worker by a metric that the api has and the adapter offers', () => {
      const scaler = ofKind('HorizontalPodAutoscaler').find(({ metadata }) => metadata.name === 'aspectavy-worker');
      const metric = scaler?.spec.metrics[0].external.metric.name;
      const [adapter] = parseAllDocuments(readFileSync(join(repository, 'infra/kubernetes/prometheus-adapter.yaml'), 'utf8'));
      assert.equal(adapter?.toJS().rules.external[0].name.as, metric);
      assert.match(readFileSync(join(repository, 'infra/monitoring/rules.yml'), 'utf8'), new RegExp(metric));
    });
  });
}

describe('the schema check refuses', () => {
  /** @type {{ name: string, change: (deployment: any) => void, says: RegExp }[]} */
  const cases = [
    { name: 'a member that does not exist', change: (one) => (one.spec.template.spec.containers[0].readynessProbe = {}), says: /readynessProbe/ },
    { name: 'a wrong type', change: (one) => (one.spec.template.spec.terminationGracePeriodSeconds = 'forty'), says: /terminationGracePeriodSeconds/ },
    { name: 'a missing member', change: (one) => delete one.spec.selector, says: /selector/ },
    { name: 'a kind that does not exist', change: (one) => (one.kind = 'Deploymnet'), says: /Deploymnet/ },
  ];
  for (const { name, change, says } of cases) {
    test(name, () => {
      const deployment = copy(render('production').find(({ kind }) => kind === 'Deployment'));
      assert.ok(deployment);
      change(deployment);
      assert.match(schemaFaults([deployment]).join('\n'), says);
    });
  }
});
