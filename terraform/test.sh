#!/usr/bin/env bash
# Applies and destroys the whole configuration against a stand-in for AWS, once for each profile.
#   terraform/test.sh [small|medium|large]…        default: small medium
# Needs: terraform 1.11 on the PATH; a Python with moto[server,all] (STANDIN_PYTHON, else .venv/bin/python); and the provider:
# from the registry, or from a mirror in TF_PLUGIN_DIR where there is no network.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf 'terraform/test.sh: %s\n' "$*" >&2; }
command -v terraform >/dev/null || { say "terraform is not on the PATH (1.11 is what versions.tf asks for)"; exit 2; }
python=${STANDIN_PYTHON:-../.venv/bin/python}
"$python" -c 'import moto.server, boto3' 2>/dev/null \
    || { say "$python has no moto: python3 -m venv V && V/bin/pip install 'moto[server,all]', then STANDIN_PYTHON=V/bin/python"; exit 2; }
plugins=()
if [[ -n ${TF_PLUGIN_DIR:-} ]]; then plugins=(-plugin-dir="$TF_PLUGIN_DIR"); fi
profiles=("$@")
(( ${#profiles[@]} )) || profiles=(small medium)

work=$(mktemp -d)
standin=
finish() {
    if [[ -n $standin ]]; then kill "$standin" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap finish EXIT

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$python" standin.py "$port" >"$work/standin.log" 2>&1 &
standin=$!
export STANDIN=http://127.0.0.1:$port
for _ in $(seq 600); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    kill -0 "$standin" 2>/dev/null || { cat "$work/standin.log" >&2; exit 1; }
    sleep 0.2
done

# In a copy: nothing is written into the clone, and the stand-in's addresses never get near the real files.
cp -r ./*.tf modules "$work"
if [[ -e .terraform.lock.hcl ]]; then cp .terraform.lock.hcl "$work"; fi
services="acm apigatewayv2 applicationautoscaling cloudwatch cloudwatchlogs dynamodb ec2 ecr ecs efs elasticache elbv2 iam
    lambda route53 s3 sns sqs ssm sts wafv2"
{
    printf 'provider "aws" {\n  access_key = "test"\n  secret_key = "test"\n  skip_credentials_validation = true\n'
    printf '  skip_metadata_api_check = true\n  s3_use_path_style = true\n  max_retries = 4\n  endpoints {\n'
    for service in $services; do printf '    %s = "%s"\n' "$service" "$STANDIN"; done
    printf '  }\n}\n'
    # The provider reads it a dozen times in a row before it believes it, which takes a slow machine more than its 3 minutes.
    printf 'resource "aws_s3_bucket_lifecycle_configuration" "documents" {\n  timeouts {\n    create = "20m"\n  }\n}\n'
} >"$work/standin_override.tf"
terraform -chdir="$work" init -backend=false -input=false -no-color "${plugins[@]}" >"$work/init.log" 2>&1 \
    || { cat "$work/init.log" >&2; exit 1; }

export TF_VAR_region=us-east-1 TF_VAR_image_tag=v1 TF_VAR_domain=tutor.example.org
export TF_VAR_deletion_protection=false
# moto knows no backup policies of a file system; that one resource is only validated.
export TF_VAR_backup=false

failed=0
# Shows what counts of a run.
run() {
    if terraform -chdir="$work" "$@" -input=false -no-color >"$work/run.log" 2>&1; then
        grep -E '^(Apply complete|Destroy complete|No changes)' "$work/run.log" || true
    else
        sed -n '/^Error/,$p' "$work/run.log" >&2
        failed=1
        return 1
    fi
}
for profile in "${profiles[@]}"; do
    echo "== $profile"
    export TF_VAR_profile=$profile
    # An empty account, but for what people make by hand: a zone, and the password of Redis.
    TF_VAR_zone_id=$("$python" - <<'PYTHON'
import os, urllib.request, boto3
def client(name):
    return boto3.client(name, endpoint_url=os.environ["STANDIN"], region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")
urllib.request.urlopen(os.environ["STANDIN"] + "/moto-api/reset", data=b"")
client("ssm").put_parameter(Name="/gepeto/REDIS_TOKEN", Type="SecureString", Value="0123456789abcdef0123456789abcdef")
print(client("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"].split("/")[-1])
PYTHON
)
    export TF_VAR_zone_id
    # Everything that is optional is on in the one, and off in the other.
    if [[ $profile == small ]]; then
        export TF_VAR_waf=false TF_VAR_gateway=false TF_VAR_allow_exec=true
        unset TF_VAR_secrets_path TF_VAR_github_repository TF_VAR_alarm_emails
    else
        export TF_VAR_waf=true TF_VAR_gateway=true TF_VAR_allow_exec=false TF_VAR_secrets_path=/gepeto/prod
        export TF_VAR_github_repository=owner/name TF_VAR_alarm_emails='["operators@example.org"]'
    fi
    if run apply -auto-approve; then
        terraform -chdir="$work" output -json -no-color >"$work/outputs.json"
        "$python" verify.py "$profile" "$work/outputs.json" || failed=1
    fi
    # moto cannot delete a file system's policy by itself; it goes with the file system.
    terraform -chdir="$work" state rm 'aws_efs_file_system_policy.data' >/dev/null 2>&1 || true
    run destroy -auto-approve || true
    if [[ -n $(terraform -chdir="$work" state list 2>/dev/null) ]]; then
        say "$profile: something is left"
        failed=1
    fi
done
exit "$failed"
