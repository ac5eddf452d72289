# Secrets are made by hand (README.md): Terraform knows their names only. What it must make itself is the address of Redis,
# because that carries the token.

resource "aws_ssm_parameter" "sessions" {
  count  = local.is_cloud ? 1 : 0
  name   = "/${var.name}/made/GEPETO_SESSIONS"
  type   = "SecureString"
  key_id = var.secrets_key_arn
  value = join("", [
    "rediss://default:", data.aws_ssm_parameter.cache_token[0].value,
    "@", aws_elasticache_replication_group.main[0].primary_endpoint_address, ":6379/0",
  ])
}

# Names of what was made, for scripts/deploy and scripts/smoke: whoever deploys needs no Terraform state.
resource "aws_ssm_parameter" "facts" {
  name = "/${var.name}/made/facts"
  type = "String"
  value = jsonencode({
    cluster            = aws_ecs_cluster.main.name
    services           = values(aws_ecs_service.main)[*].name
    repository         = aws_ecr_repository.image.repository_url
    public_url         = local.public_url
    queue_url          = try(aws_sqs_queue.jobs["questions"].url, null)
    dead_letters_queue = try(aws_sqs_queue.dead_letters["questions"].url, null)
    document_queue_url = try(aws_sqs_queue.jobs["documents"].url, null)
  })
}

locals {
  parameter_arns = merge(
    { for variable, parameter in var.secrets : variable => "${local.arn}:ssm:${var.region}:${local.account}:parameter${parameter}" },
    local.is_cloud ? { GEPETO_SESSIONS = aws_ssm_parameter.sessions[0].arn } : {},
  )
}
