# Optional: what .github/workflows/deploy.yml may do. GitHub proves by a token which repository and environment a run belongs
# to; there is no key to keep.

locals {
  github = "token.actions.githubusercontent.com"
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.github_repository != null && var.github_provider_arn == null ? 1 : 0
  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "github" {
  count = var.github_repository == null ? 0 : 1
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [try(coalesce(var.github_provider_arn), aws_iam_openid_connect_provider.github[0].arn)]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.github}:aud"
      values   = ["sts.amazonaws.com"]
    }
    # Whoever may deploy is said by the rules of that environment at GitHub.
    condition {
      test     = "StringEquals"
      variable = "${local.github}:sub"
      values   = ["repo:${var.github_repository}:environment:${var.github_environment}"]
    }
  }
}

resource "aws_iam_role" "deployer" {
  count                = var.github_repository == null ? 0 : 1
  name                 = "${var.name}-deployer"
  assume_role_policy   = data.aws_iam_policy_document.github[0].json
  max_session_duration = 3600
}

data "aws_iam_policy_document" "deployer" {
  count = var.github_repository == null ? 0 : 1
  # These have no resources to name. What a revision may run as is said by the roles that may be passed.
  #checkov:skip=CKV_AWS_111:see above
  #checkov:skip=CKV_AWS_356:see above
  statement {
    sid       = "Any"
    actions   = ["ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"]
    resources = ["*"]
  }
  statement {
    sid = "Push"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
    ]
    resources = [aws_ecr_repository.image.arn]
  }
  statement {
    sid     = "Revisions"
    actions = ["ecs:TagResource"]
    resources = [
      for service in local.services :
      "${local.arn}:ecs:${var.region}:${local.account}:task-definition/${service.name}:*"
    ]
  }
  statement {
    sid       = "Update"
    actions   = ["ecs:DescribeServices", "ecs:UpdateService"]
    resources = [for service in aws_ecs_service.main : service.id]
  }
  statement {
    sid       = "Roles"
    actions   = ["iam:PassRole"]
    resources = concat([aws_iam_role.execution.arn], [for role in aws_iam_role.task : role.arn])
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
  statement {
    sid       = "Facts"
    actions   = ["ssm:GetParameter"]
    resources = [aws_ssm_parameter.facts.arn]
  }
  # For the smoke test afterwards.
  dynamic "statement" {
    for_each = local.is_cloud ? [1] : []
    content {
      sid       = "Queues"
      actions   = ["sqs:GetQueueAttributes"]
      resources = concat(values(aws_sqs_queue.jobs)[*].arn, values(aws_sqs_queue.dead_letters)[*].arn)
    }
  }
  dynamic "statement" {
    for_each = var.codecommit_repository == null ? [] : [var.codecommit_repository]
    content {
      sid       = "Mirror"
      actions   = ["codecommit:GitPull", "codecommit:GitPush"]
      resources = ["${local.arn}:codecommit:${var.region}:${local.account}:${statement.value}"]
    }
  }
}

resource "aws_iam_role_policy" "deployer" {
  count  = var.github_repository == null ? 0 : 1
  name   = "deploy"
  role   = aws_iam_role.deployer[0].id
  policy = data.aws_iam_policy_document.deployer[0].json
}
