#!/usr/bin/env python3
"""Are the manifests what the chart renders to, does each fit Kubernetes' schema, and do they hold what the program needs?

    python deploy/check.py RENDERED                    needs PyYAML and kubernetes-validate (which brings the schemas)
    python deploy/check.py --values                    the chart's values as JSON, for deploy/render.go
"""

import json
import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).parent
MANIFESTS = HERE / "kubernetes" / "gepeto.yaml"
KUBERNETES = "1.30"


def documents(text):
    found = {}
    for one in yaml.safe_load_all(text):
        if one:
            key = f"{one['kind']}/{one['metadata']['name']}"
            assert key not in found, f"{key} twice"
            found[key] = one
    return found


def main():
    if sys.argv[1:] == ["--values"]:
        print(json.dumps(yaml.safe_load((HERE / "helm" / "gepeto" / "values.yaml").read_text())))
        return 0
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    import kubernetes_validate

    failures = []
    rendered, committed = documents(pathlib.Path(sys.argv[1]).read_text()), documents(MANIFESTS.read_text())
    for key in sorted(rendered.keys() | committed.keys()):
        if rendered.get(key) != committed.get(key):
            failures.append(f"{key}: {MANIFESTS.name} is not what the chart renders to; render it again")
    for key, one in committed.items():
        try:
            kubernetes_validate.validate(one, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            failures.append(f"{key}: {error.message} at {'/'.join(map(str, error.absolute_path))}")

    deployments = {key: one for key, one in committed.items() if one["kind"] == "Deployment"}
    if {one["metadata"]["labels"]["app.kubernetes.io/component"] for one in deployments.values()} != {"api", "worker"}:
        failures.append("there is not one deployment for each role")
    for key, one in deployments.items():
        pod = one["spec"]["template"]["spec"]
        container = pod["containers"][0]
        wanted = {
            "matches its own pods": one["spec"]["selector"]["matchLabels"].items()
            <= one["spec"]["template"]["metadata"]["labels"].items(),
            "drains for more than 25 s": pod["terminationGracePeriodSeconds"] > 25,
            "not root": pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001,
            "read-only root": container["securityContext"]["readOnlyRootFilesystem"],
            "places to write": {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/tmp"},
            "liveness never asks readiness": "ready" not in json.dumps(container["livenessProbe"]),
        }
        failures += [f"{key}: not: {what}" for what, holds in wanted.items() if not holds]
    for failure in failures:
        print("check-deploy: " + failure, file=sys.stderr)
    if not failures:
        print(f"{len(committed)} manifests fit Kubernetes {KUBERNETES} and are what the chart renders to")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
