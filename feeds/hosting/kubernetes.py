"""Kubernetes: the pages, two workers, and a CronJob for who would rather start one now and then."""

from __future__ import annotations

import re
from collections.abc import Sequence


def manifests(name: str, host: str, port: int, user: int, newsletters: Sequence[str]) -> str:
    """All of it, for one namespace; what is secret comes from the Secret `NAME`."""
    return f"""\
# {host}, for Kubernetes: push the image of `feeds hosting container`, make the Secret, and apply this:
#   kubectl create secret generic {name} --from-env-file=feeds.env
#   kubectl apply --filename feeds.yaml
# FEEDS_LEDGER has to name a PostgreSQL: the workers may be on any node. They share the folder issues/,
# on a volume that many nodes can mount. Keys for DKIM go into the Secret
# {name}-keys, and FEEDS_DKIM_RSA then names /etc/feeds/rsa.pem. An Ingress passes Host on as it came.
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}, part: web}}
  ports:
    - {{port: 80, targetPort: pages}}
---
# What visitors asked for and was not done yet: the pages have one disk, and so one pod.
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {name}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests: {{storage: 1Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}-web
spec:
  replicas: 1
  strategy: {{type: Recreate}}
  selector:
    matchLabels: {{app: {name}, part: web}}
  template:
    metadata:
      labels: {{app: {name}, part: web}}
    spec:
{_pod(user)}
      containers:
        - name: web
{_container(name)}
          ports:
            - {{name: pages, containerPort: {port}}}
          livenessProbe:
            httpGet: {{path: /healthz, port: pages}}
          readinessProbe:
            httpGet: {{path: /readyz, port: pages}}
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 512Mi}}
          volumeMounts:
            - {{name: state, mountPath: /srv/feeds/.feeds}}
            - {{name: keys, mountPath: /etc/feeds, readOnly: true}}
      volumes:
        - name: state
          persistentVolumeClaim: {{claimName: {name}}}
{_keys(name)}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {name}-issues
spec:
  accessModes: [ReadWriteMany]
  resources:
    requests: {{storage: 1Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}-worker
spec:
  replicas: 2
  selector:
    matchLabels: {{app: {name}, part: worker}}
  template:
    metadata:
      labels: {{app: {name}, part: worker}}
    spec:
{_pod(user)}
      terminationGracePeriodSeconds: 60
      containers:
        - name: worker
{_container(name)}
          command: [feeds, worker]
          resources:
            requests: {{cpu: 250m, memory: 256Mi}}
            limits: {{memory: 1Gi}}
          volumeMounts:
            - {{name: issues, mountPath: /srv/feeds/issues}}
            - {{name: keys, mountPath: /etc/feeds, readOnly: true}}
      volumes:
{_issues(name)}
{_keys(name)}
---
# In the workers' place, if you would rather: set suspend to false, and the workers' replicas to 0.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}-send
spec:
  schedule: "*/10 * * * *"
  suspend: true
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
{_indented(_pod(user))}
          restartPolicy: Never
          containers:
{"".join(_sender(name, newsletter) for newsletter in newsletters)}          volumes:
{_indented(_issues(name))}
{_indented(_keys(name))}
"""


def _sender(name: str, newsletter: str) -> str:
    """One for each newsletter, as each has its own schedule."""
    label = re.sub(r"[^a-z0-9]+", "-", newsletter.lower()).strip("-")[:40].rstrip("-")
    return f"""\
            - name: send-{label}
{_indented(_container(name))}
              command: [feeds, send, "{newsletter}", --if-due]
              volumeMounts:
                - {{name: issues, mountPath: /srv/feeds/issues}}
                - {{name: keys, mountPath: /etc/feeds, readOnly: true}}
"""


def _pod(user: int) -> str:
    return f"""\
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: {user}
        fsGroup: {user}
        seccompProfile: {{type: RuntimeDefault}}"""


def _container(name: str) -> str:
    return f"""\
          image: {name}
          envFrom:
            - secretRef: {{name: {name}}}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {{drop: [ALL]}}"""


def _issues(name: str) -> str:
    return f"""\
        - name: issues
          persistentVolumeClaim: {{claimName: {name}-issues}}"""


def _keys(name: str) -> str:
    return f"""\
        - name: keys
          secret: {{secretName: {name}-keys, optional: true}}"""


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
